//! The table of pages: where each is, and who may ask for it. The server is registered from it; the tests go through it.
//!
//! A page is closed to everybody who is not signed in unless its policy says otherwise. What of a case she sees, and what
//! she may do with it, the use cases say.

use actix_web::http::Method;

use super::visit::Visit;
use super::{
    Outcome, absence, admin, answer, board, case, case_log, documents, draft, feed, help, me, next, oidc, reads,
    register, removals, search, sign_in, step, work,
};
use crate::app::sessions::Signed;
use crate::web::limits::Limited;

/// One page, or what a form of it is sent to.
pub struct Page {
    /// The method.
    pub method: Method,
    /// The address, with its parts in braces.
    pub path: &'static str,
    /// Who may ask, and what answers.
    pub policy: Policy,
    /// Whether a form to it may hold a file.
    pub takes_file: bool,
}

/// Who may ask, and what answers.
#[derive(Clone, Copy)]
pub enum Policy {
    /// Anybody.
    Anybody(fn(&Visit) -> Outcome),
    /// Whoever is signed in.
    SignedIn(fn(&Visit, &Signed) -> Outcome),
}

impl Page {
    /// Whether a request of this method is for it.
    pub fn answers_to(&self, method: &Method) -> bool {
        self.method == *method || (self.is_safe() && *method == Method::HEAD)
    }

    /// Whether it only shows something.
    pub fn is_safe(&self) -> bool {
        self.method == Method::GET
    }

    /// As what one address may ask for it only so often, if it is a form, a way through the sign-in service, or a calendar.
    pub fn limited(&self) -> Option<Limited> {
        if self.path.starts_with(feed::FEEDS) {
            return Some(Limited::Calendar);
        }
        let costs = !self.is_safe() || self.path.starts_with(oidc::BEGIN);
        // Coming back from the sign-in service is the end of a try.
        let signs_in = self.path.starts_with("/sign-in") && self.path != oidc::SIGN_IN_CALLBACK;
        costs.then_some(if signs_in { Limited::SignIn } else { Limited::Form })
    }
}

const fn open(method: Method, path: &'static str, handler: fn(&Visit) -> Outcome) -> Page {
    Page { method, path, policy: Policy::Anybody(handler), takes_file: false }
}

const fn signed(method: Method, path: &'static str, handler: fn(&Visit, &Signed) -> Outcome) -> Page {
    Page { method, path, policy: Policy::SignedIn(handler), takes_file: false }
}

const fn upload(path: &'static str, handler: fn(&Visit, &Signed) -> Outcome) -> Page {
    Page { method: Method::POST, path, policy: Policy::SignedIn(handler), takes_file: true }
}

/// Every page.
pub static PAGES: &[Page] = &[
    open(Method::GET, "/style.css", answer::style),
    open(Method::GET, "/help", help::help),
    open(Method::GET, "/accessibility", help::accessibility),
    open(Method::GET, "/sign-in", sign_in::show),
    open(Method::POST, "/sign-in", sign_in::sign_in),
    open(Method::POST, "/sign-in/demo", sign_in::as_role),
    open(Method::GET, oidc::BEGIN, oidc::begin),
    open(Method::GET, oidc::SIGN_IN_CALLBACK, oidc::come_back),
    open(Method::GET, oidc::COMMISSION, oidc::commissions),
    open(Method::POST, oidc::COMMISSION, oidc::choose),
    signed(Method::POST, "/sign-out", sign_in::sign_out),
    signed(Method::POST, "/sign-out/everywhere", sign_in::sign_out_everywhere),
    signed(Method::GET, "/me", me::show),
    signed(Method::GET, "/", work::show),
    signed(Method::GET, "/search", search::show),
    signed(Method::GET, "/board", board::show),
    signed(Method::GET, "/cases/{number}", case::show),
    signed(Method::GET, "/cases/{number}/next", next::show),
    signed(Method::POST, "/cases/{number}/notes", case::write_note),
    signed(Method::GET, "/cases/{number}/documents", documents::show),
    upload("/cases/{number}/documents", documents::attach),
    signed(Method::GET, "/cases/{number}/documents/{id}", documents::download),
    signed(Method::GET, "/cases/{number}/steps/{transition}", step::show),
    signed(Method::POST, "/cases/{number}/steps/{transition}", step::take),
    signed(Method::GET, "/cases/{number}/reads", reads::of_case),
    signed(Method::GET, "/cases/{number}/log", case_log::show),
    signed(Method::GET, "/cases/{number}/bundle", case_log::bundle),
    signed(Method::GET, "/cases/{number}/removals", removals::list),
    signed(Method::GET, "/cases/{number}/removals/{room}/{entry}/{path}", removals::show),
    signed(Method::POST, "/cases/{number}/removals/{room}/{entry}/{path}", removals::remove),
    signed(Method::GET, "/reads", reads::of_staff),
    signed(Method::GET, "/register", register::choose),
    signed(Method::GET, "/register/{workflow}/{start}", register::whom),
    signed(Method::POST, "/register/{workflow}/{start}", register::begin),
    signed(Method::POST, "/drafts/{id}/drop", draft::drop),
    signed(Method::GET, "/drafts/{id}/{part}", draft::show),
    signed(Method::POST, "/drafts/{id}/{part}", draft::go_on),
    signed(Method::GET, "/admin", admin::show),
    signed(Method::GET, "/admin/organisation", admin::organisation::all),
    signed(Method::GET, "/admin/organisation/{principal}", admin::organisation::one),
    signed(Method::GET, "/admin/organisation/{principal}/unit", admin::organisation::new_unit),
    signed(Method::POST, "/admin/organisation/{principal}/unit", admin::organisation::add_unit),
    signed(Method::GET, "/admin/organisation/{principal}/authority", admin::organisation::new_authority),
    signed(Method::POST, "/admin/organisation/{principal}/authority", admin::organisation::add_authority),
    signed(Method::GET, "/admin/units/{id}", admin::organisation::unit),
    signed(Method::POST, "/admin/units/{id}", admin::organisation::change_unit),
    signed(Method::GET, "/admin/authorities/{id}", admin::organisation::authority),
    signed(Method::POST, "/admin/authorities/{id}", admin::organisation::change_authority),
    signed(Method::GET, "/admin/bodies/{id}", admin::organisation::body),
    signed(Method::POST, "/admin/bodies/{id}", admin::organisation::change_body),
    signed(Method::GET, "/admin/people", admin::people::list),
    signed(Method::GET, "/admin/new-person", admin::people::new),
    signed(Method::POST, "/admin/new-person", admin::people::add),
    signed(Method::GET, "/admin/people/{id}", admin::person::show),
    signed(Method::GET, "/admin/people/{id}/details", admin::people::details),
    signed(Method::POST, "/admin/people/{id}/details", admin::people::change),
    signed(Method::GET, "/admin/people/{id}/role", admin::people::role),
    signed(Method::POST, "/admin/people/{id}/role", admin::people::give),
    signed(Method::GET, "/admin/people/{id}/end-role", admin::people::ending),
    signed(Method::POST, "/admin/people/{id}/end-role", admin::people::end),
    signed(Method::POST, "/admin/people/{id}/sign-in", admin::person::sign_in),
    signed(Method::GET, "/admin/people/{id}/absence", absence::of_other),
    signed(Method::POST, "/admin/people/{id}/absence", absence::record_of_other),
    signed(Method::GET, "/admin/closing-days", admin::closing_days::show),
    signed(Method::POST, "/admin/closing-days/{day}/take-back", admin::closing_days::take_back),
    signed(Method::GET, "/admin/new-closing-day", admin::closing_days::new),
    signed(Method::POST, "/admin/new-closing-day", admin::closing_days::add),
    signed(Method::GET, "/admin/workflows", admin::workflows::show),
    signed(Method::GET, "/admin/workflows/{digest}/changes", admin::workflow_diff::show),
    signed(Method::GET, "/admin/workflows/{digest}/diagram.svg", admin::workflows::diagram),
    signed(Method::GET, "/admin/mails", admin::mails::show),
    signed(Method::POST, "/admin/mails/{id}/retry", admin::mails::retry),
    signed(Method::GET, "/admin/changes", admin::changes::show),
    signed(Method::POST, "/me/reminders", me::choose_reminders),
    signed(Method::POST, "/me/calendar", feed::open),
    signed(Method::POST, "/me/calendar/remove", feed::close),
    open(Method::GET, "/feeds/{token}.ics", feed::show),
    signed(Method::GET, "/me/absence", absence::own),
    signed(Method::POST, "/me/absence", absence::record_own),
    signed(Method::POST, "/absences/{id}/end", absence::end),
];

/// The addresses, each once.
pub fn paths() -> impl Iterator<Item = &'static str> {
    let first = |(at, page): &(usize, &Page)| PAGES[..*at].iter().all(|earlier| earlier.path != page.path);
    PAGES.iter().enumerate().filter(first).map(|(_, page)| page.path)
}

/// The methods that an address has, as the header Allow lists them.
pub fn methods(path: &str) -> String {
    let all = [Method::GET, Method::HEAD, Method::POST];
    let here = |method: &Method| PAGES.iter().any(|page| page.path == path && page.answers_to(method));
    let methods: Vec<_> = all.iter().filter(|method| here(method)).map(Method::as_str).collect();
    methods.join(", ")
}
