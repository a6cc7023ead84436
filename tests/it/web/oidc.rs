//! The pages on the way through the sign-in service, asked as a browser asks for them; the service is a test's own.

use std::sync::Arc;

use actix_web::http::Method;
use samsyn::oidc::{Claims, OidcError};
use samsyn::store;

use super::api::{Answer, Api};
use super::browser::Browser;
use crate::support::service::{ANNA, FALUN, FOREIGN, MAS, REGION, Service, attach, claims, commission};
use crate::support::sql;

const PASSWORD: &str = "korrekt häst batteri 7 häftklammer";

fn with_service() -> (Api, Arc<Service>) {
    let mut api = Api::new();
    let service = attach(&mut api.test.app);
    (api, service)
}

/// Where the service sends the browser back to, with this after the state.
fn back(begun: &Answer, rest: &str) -> String {
    let location = begun.header("location").unwrap();
    let (_, state) = location.split_once("https://idp.example/auth?state=").unwrap();
    format!("/sign-in/oidc/callback?state={state}{rest}")
}

/// Goes through the service, which says this of the code.
fn through(browser: &Browser, service: &Service, said: Claims, next: &str) -> Answer {
    service.says("code", Ok(said));
    let begun = browser.get(&format!("/sign-in/oidc?next={next}")).expect(303);
    browser.get(&back(&begun, "&code=code"))
}

fn at(provider: &str, employee: &str) -> Claims {
    Claims { commission: commission("SE1-A", "Sköterska på akuten", provider), ..claims(employee, "Anna A") }
}

#[test]
fn a_button_leads_through_the_service_and_back_to_the_page_that_was_wanted() {
    let (api, service) = with_service();
    let browser = Browser::of(&api);
    let page = browser.get("/sign-in?next=%2Fme%3Fa%3D1").expect(200).body;
    assert!(page.contains("href=\"/sign-in/oidc?next=%2Fme%3Fa%3D1\">Logga in med provkort</a>"), "{page}");
    let came = through(&browser, &service, at(FALUN, MAS), "%2Fme%3Fa%3D1").expect(303);
    assert_eq!(came.header("location"), Some("/me?a=1"));
    assert_eq!(browser.cookies.borrow().keys().collect::<Vec<_>>(), ["samsyn"], "the sign-in's own is gone");
    let me = browser.get("/me").expect(200).body;
    assert!(me.contains("<dd>provkort</dd>") && me.contains("<dd>Sköterska på akuten</dd>"), "{me}");
    assert!(me.contains("behörig handläggare, Falu kommun"));
}

#[test]
fn only_addresses_of_ours_are_gone_to_after() {
    let (api, service) = with_service();
    for next in ["https://evil.example", "//evil.example", "/%5Cevil.example", "", "me"] {
        let came = through(&Browser::of(&api), &service, at(FALUN, MAS), next).expect(303);
        assert_eq!(came.header("location"), Some("/"), "{next}");
    }
}

#[test]
fn the_sign_ins_cookie_is_short_lived_and_for_the_server_alone() {
    let (mut api, _) = with_service();
    let kept = |api: &Api| Browser::of(api).get("/sign-in/oidc").expect(303).header("set-cookie").unwrap().to_owned();
    let cookie = kept(&api);
    let (_, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(
        (cookie.starts_with("samsyn-sign-in="), attributes),
        (true, "HttpOnly; SameSite=Lax; Path=/; Max-Age=600")
    );
    api.test.app.public_url = "https://samsyn.example".into();
    let cookie = kept(&api);
    assert!(cookie.starts_with("__Host-samsyn-sign-in=") && cookie.contains("; Secure"), "{cookie}");
}

#[test]
fn a_commission_is_chosen_by_radio_buttons() {
    let (api, service) = with_service();
    let browser = Browser::of(&api);
    let all = vec![commission("SE1-A", "MAS", FALUN), commission("SE1-B", "Sköterska <på> akuten", REGION)];
    let came = through(&browser, &service, Claims { all, ..claims(MAS, "x") }, "%2Fregister").expect(303);
    assert_eq!(came.header("location"), Some("/sign-in/commission"));
    assert!(!browser.cookies.borrow().contains_key("samsyn"), "nobody is signed in yet");
    let page = browser.get("/sign-in/commission").expect(200).body;
    assert!(
        page.contains(">MAS, Falu kommun</label>")
            && page.contains(">Sköterska &lt;på&gt; akuten, Region Dalarna</label>")
    );
    for chosen in [vec![], vec![("commission", "SE1-C")]] {
        let answer = browser.send("/sign-in/commission", &chosen).expect(422).body;
        assert!(answer.contains("href=\"#f-commission\">Välj ett av uppdragen.</a>"), "{answer}");
    }
    assert_eq!(browser.send_from("cross-site", "/sign-in/commission", &[("commission", "SE1-A")]).status, 403);
    let stranger = Browser::of(&api).send("/sign-in/commission", &[("commission", "SE1-A")]).expect(400);
    assert!(stranger.body.contains("<h1>Inloggningen gäller inte längre</h1>"));
    let came = browser.send("/sign-in/commission", &[("commission", "SE1-B")]).expect(303);
    assert_eq!(came.header("location"), Some("/register"));
    let me = browser.get("/me").expect(200).body;
    assert!(me.contains("<li>medarbetare, Region Dalarna</li>") && !me.contains("handläggare"), "{me}");
    browser.get("/sign-in/commission").expect(400);
}

#[test]
fn each_refusal_is_a_page_that_says_what_to_do_and_signs_nobody_in() {
    let (api, service) = with_service();
    service.says("forged", Err(OidcError::Untrue("Invalid nonce".to_owned())));
    service.says("foreign", Ok(at(FOREIGN, ANNA)));
    service.says("nobody", Ok(Claims::default()));
    service.says("late", Err(OidcError::Unavailable("timeout".to_owned())));
    for (rest, status, title) in [
        ("&error=access_denied&error_description=x", 403, "Inloggningen avbröts"),
        ("", 403, "Inloggningen avbröts"),
        ("&code=forged", 403, "Inloggningen kunde inte kontrolleras"),
        ("&code=used", 403, "Inloggningen kunde inte kontrolleras"),
        ("&code=foreign", 403, "Din organisation är inte med"),
        ("&code=nobody", 403, "Inloggningen saknar HSA-id"),
        ("&code=late", 503, "Inloggningstjänsten svarar inte"),
    ] {
        let browser = Browser::of(&api);
        let address = back(&browser.get("/sign-in/oidc").expect(303), rest);
        let answer = browser.get(&address).expect(status);
        assert!(answer.body.contains(&format!("<h1>{title}</h1>")), "{rest}: {}", answer.body);
        assert!(!browser.cookies.borrow().contains_key("samsyn"), "{rest}");
        browser.get(&address).expect(400);
    }
    assert_eq!(sql::lines(&api.test.app.store, "select id as line from sessions"), [""; 0]);
}

#[test]
fn what_was_begun_in_another_browser_ends_there() {
    let (api, service) = with_service();
    service.says("code", Ok(at(FALUN, MAS)));
    let (attacker, victim) = (Browser::of(&api), Browser::of(&api));
    let address = back(&attacker.get("/sign-in/oidc").expect(303), "&code=code");
    victim.get(&address).expect(400);
    victim.get("/sign-in/oidc").expect(303);
    let answer = victim.get(&address).expect(400);
    assert!(answer.body.contains("<h1>Inloggningen gäller inte längre</h1>"));
    assert!(!victim.cookies.borrow().contains_key("samsyn"));
}

#[test]
fn a_service_that_is_away_disturbs_nobody_else() {
    let (api, service) = with_service();
    api.test.app.create_account(&"mas-falun".into(), "mas.falun", PASSWORD).unwrap();
    *service.away.lock().unwrap() = true;
    let browser = Browser::of(&api);
    let answer = browser.get("/sign-in/oidc").expect(503);
    assert!(answer.body.contains("<h1>Inloggningstjänsten svarar inte</h1>"), "{}", answer.body);
    browser.get("/sign-in").expect(200);
    browser.send("/sign-in", &[("username", "mas.falun"), ("password", PASSWORD)]).expect(303);
    let me = browser.get("/me").expect(200).body;
    assert!(me.contains("<dd>lösenord</dd>") && !me.contains("<dt>Uppdrag</dt>"));
}

#[test]
fn the_session_that_the_browser_had_ends() {
    let (api, service) = with_service();
    api.test.app.store.write(|db| store::note_fact(db, store::DEMONSTRATION, "1")).unwrap();
    let browser = Browser::signed_in(&api, "socialchef-falun");
    let former = browser.cookies.borrow()["samsyn"].clone();
    assert!(browser.get("/me").expect(200).body.contains("<dd>demonstrationens val</dd>"));
    through(&browser, &service, at(FALUN, MAS), "").expect(303);
    assert!(api.test.app.session(&former).unwrap().is_none());
}

#[test]
fn one_address_begins_so_many_sign_ins_and_comes_back_as_often_as_it_must() {
    let (api, _) = with_service();
    let peer = "192.0.2.77:4000".parse().unwrap();
    let status = |address: &str| api.anonymous(&Method::GET, address).from(peer).send().status;
    let begun: Vec<_> = (0..31).map(|_| status("/sign-in/oidc")).collect();
    assert!(begun[..30].iter().all(|status| *status == 303), "{begun:?}");
    assert_eq!((begun[30], status("/sign-in/oidc/callback"), status("/sign-in")), (429, 400, 200));
}
