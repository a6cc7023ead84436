//! How often one address may sign in, send a form or fetch a calendar: so that nobody tries passwords over many names, keeps
//! the server busy with hashing them, or guesses at calendars' addresses. Each process counts for itself, and by the real
//! clock; what one username may try is counted in the database (`app::throttle`).

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::LazyLock;

use actix_web::HttpRequest;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Tries to sign in of one address, in a minute and at once.
pub const SIGN_INS: u32 = 30;
/// Forms of one address, in a minute and at once: a whole office may be behind it.
pub const FORMS: u32 = 600;
/// Calendars of one address, in a minute and at once: an office's programs fetch them by themselves, often all at one moment,
/// and are to take no form's place.
pub const CALENDARS: u32 = 600;

/// What one address may ask for only so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// A try to sign in.
    SignIn,
    /// A form, or the rest of a way through the sign-in service.
    Form,
    /// A calendar, whose address might be guessed at.
    Calendar,
}

static SIGNING_IN: LazyLock<DefaultKeyedRateLimiter<IpAddr>> = LazyLock::new(|| per_minute(SIGN_INS));
static SENDING: LazyLock<DefaultKeyedRateLimiter<IpAddr>> = LazyLock::new(|| per_minute(FORMS));
static FETCHING: LazyLock<DefaultKeyedRateLimiter<IpAddr>> = LazyLock::new(|| per_minute(CALENDARS));

fn per_minute(count: u32) -> DefaultKeyedRateLimiter<IpAddr> {
    RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)))
}

/// Whether the request may go on.
pub fn allows(request: &HttpRequest, proxy: IpAddr, what: Limited) -> bool {
    // Nobody's address is known of a connection that is no network's: that of a test.
    let Some(from) = address(request, proxy) else { return true };
    let limiter = match what {
        Limited::SignIn => &SIGNING_IN,
        Limited::Form => &SENDING,
        Limited::Calendar => &FETCHING,
    };
    if limiter.len() > MOST_ADDRESSES {
        limiter.retain_recent();
    }
    limiter.check_key(&network(from)).is_ok()
}

/// How many addresses are counted before those are forgotten that have not asked of late.
const MOST_ADDRESSES: usize = 10_000;

/// Where the browser is: the peer, or, where that is the reverse proxy, the last that it names.
fn address(request: &HttpRequest, proxy: IpAddr) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let named = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
    let last = named.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
    if peer == proxy { last.or(Some(peer)) } else { Some(peer) }
}

/// The network that an address is counted with: of IPv6 everybody has as many addresses as she likes.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}
