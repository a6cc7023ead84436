//! What leads where: nobody is shown a way that leads nowhere for her, and every way down has one up.

use samsyn::authz::Role;

use super::api::{Api, BODIES, ROLES, holder, secretary};
use super::browser::Browser;
use crate::support::cases::actor;
use crate::support::database::add_people;

/// Those who hold each role at Falun and the region, the secretaries, the administrators, and somebody without any role.
fn everybody(api: &Api) -> Vec<String> {
    add_people(&api.test.app, "- {id: ingen, name: Ingen Roll, memberships: []}");
    let roles = |principal| ROLES.iter().map(move |role| holder(principal, *role));
    let administrators = ["systemadministrator-lanet", "systemadministrator-falun", "ingen"].map(str::to_owned);
    roles("falun").chain(roles("region-dalarna")).chain(BODIES.map(secretary)).chain(administrators).collect()
}

fn in_menu(page: &str, address: &str) -> bool {
    let menu = page.split("</nav>").next().unwrap();
    menu.contains(&format!("<a href=\"{address}\""))
}

#[test]
fn registering_is_in_the_menu_of_those_who_may() {
    let api = Api::new();
    let (mut may, mut may_not) = (0, 0);
    for person in everybody(&api) {
        let browser = Browser::signed_in(&api, &person);
        let shown = in_menu(&browser.get("/me").expect(200).body, "/register");
        let nothing = browser.get("/register").expect(200).body.contains("Du har ingen roll som registrerar ärenden.");
        assert_eq!(shown, !nothing, "{person}");
        *(if shown { &mut may } else { &mut may_not }) += 1;
    }
    assert!(may >= 6 && may_not >= 10, "{may} {may_not}");
}

#[test]
fn absence_is_offered_to_those_whose_place_somebody_can_take() {
    let api = Api::new();
    let (mut may, mut may_not) = (0, 0);
    for person in everybody(&api) {
        let browser = Browser::signed_in(&api, &person);
        let shown = browser.get("/me").expect(200).body.contains("href=\"/me/absence\"");
        let form = browser.get("/me/absence").expect(200).body.contains("name=\"substitute\"");
        assert_eq!(shown, form, "{person}");
        *(if shown { &mut may } else { &mut may_not }) += 1;
    }
    assert!(may >= 6 && may_not >= 3, "{may} {may_not}");
    let falun = Browser::signed_in(&api, "systemadministrator-falun");
    let offered = |person: &str| {
        let page = format!("/admin/people/{person}");
        falun.get(&page).expect(200).body.contains(&format!("href=\"{page}/absence\""))
    };
    assert!(offered("mas-falun"));
    assert!(!offered("systemadministrator-falun"), "an administrator's power passes to nobody");
}

#[test]
fn who_only_administers_begins_where_her_work_is() {
    let api = Api::new();
    for person in ["systemadministrator-lanet", "systemadministrator-falun"] {
        let browser = Browser::signed_in(&api, person);
        let to = browser.get("/?list=done").expect(303);
        assert_eq!(to.header("location"), Some("/admin"));
        let page = browser.get("/admin").expect(200).body;
        assert!(in_menu(&page, "/admin") && !in_menu(&page, "/"), "{page}");
    }
    add_people(
        &api.test.app,
        "- {id: two, name: Två, memberships: [{role: administrator, principal: falun}, {role: handler, principal: falun}]}",
    );
    assert_eq!(actor(&api.test.app, "two").seats.len(), 2);
    let both = Browser::signed_in(&api, "two").get("/").expect(200).body;
    assert!(in_menu(&both, "/") && in_menu(&both, "/admin"));
    assert!(in_menu(&Browser::signed_in(&api, &holder("falun", Role::Handler)).get("/").expect(200).body, "/"));
}

#[test]
fn each_page_of_a_place_leads_up_to_whose_it_is() {
    let api = Api::new();
    let county = Browser::signed_in(&api, "systemadministrator-lanet");
    for (page, up) in [
        ("units/falun-bistand", "<a href=\"/admin/organisation/falun\">Falu kommun</a>"),
        ("authorities/falun-socialnamnden", "<a href=\"/admin/organisation/falun\">Falu kommun</a>"),
        ("bodies/network", "<a href=\"/admin/organisation\">Organisation</a>"),
        ("organisation/falun/unit", "<a href=\"/admin/organisation/falun\">Falu kommun</a>"),
        ("organisation/falun", "<a href=\"/admin/organisation\">Organisation</a>"),
        ("organisation", "<a href=\"/admin\">Administration</a>"),
    ] {
        let body = county.get(&format!("/admin/{page}")).expect(200).body;
        assert!(body.split("<main").nth(1).unwrap().contains(up), "{page}");
    }
}
