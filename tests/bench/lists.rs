//! Worklists, search and board among ten thousand cases and among a million: they should cost much the same.
//!
//! A few cases are brought to where they are needed by the application; SQL copies the rows that lists are read from, as it
//! wrote them, with other municipalities, units, numbers and days. Logs and texts are not copied: no list reads them, but
//! for the matters of bodies, which are real.

use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use samsyn::app::App;
use samsyn::app::cases::Done;
use samsyn::app::view::{Filter, Whose, Worklist};
use samsyn::authz::Actor;
use samsyn::ids::PersonId;
use samsyn::store::DatabaseUrl;
use serde_json::{Value, json};

use crate::scene::Scene;

const SMALL: usize = 10_000;
const LARGE: usize = 1_000_000;
/// How often each page is asked for.
const ROUNDS: usize = 21;
/// How many matters bodies have at a time.
const MATTERS: usize = 30;

/// Whose pages are measured, and what they see.
const PEOPLE: [(&str, &str); 5] = [
    ("avvikelsehandlaggare-region", "handler of the region, sees all"),
    ("mas-falun", "handler of a municipality, sees 1/14"),
    ("sas-orsa", "handler of a municipality, sees 10"),
    ("chef-psykiatri-falun", "manager of a unit"),
    ("natverkssekreterare", "secretary"),
];

pub fn measure() {
    let scenes = [SMALL, LARGE].map(|cases| {
        let begun = Instant::now();
        let scene = Scene::open();
        fill(&scene, cases);
        println!("  filled with {cases} in {:?}", begun.elapsed());
        scene
    });
    println!("{}: time among {LARGE} cases, of that among {SMALL} (medians of {ROUNDS})", scenes[0].settings());
    for (person, what) in PEOPLE {
        println!("  {what}");
        for (page, ask) in pages() {
            let mut times = [Vec::new(), Vec::new()];
            for _ in 0..ROUNDS {
                for (scene, times) in scenes.iter().zip(&mut times) {
                    let actor = scene.app.actor(&PersonId::from(person)).unwrap();
                    let begun = Instant::now();
                    ask(&scene.app, &actor);
                    times.push(begun.elapsed());
                }
            }
            // Round by round, so that what else the machine did meanwhile slows both.
            let ratios = times[0].iter().zip(&times[1]).map(|(small, large)| large.as_secs_f64() / small.as_secs_f64());
            let ratio = median(ratios.collect());
            let [small, large] = times.map(median);
            println!("    {page:32} {ratio:5.2}  ({small:?} and {large:?})");
        }
    }
}

fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    values[values.len() / 2]
}

type Ask = Box<dyn Fn(&App, &Actor)>;

fn pages() -> Vec<(&'static str, Ask)> {
    let searched = |filter: fn(&App) -> Filter| -> Ask {
        Box::new(move |app: &App, actor: &Actor| {
            app.list_cases(actor, &filter(app), None, 25).unwrap();
        })
    };
    vec![
        ("worklists, mine", Box::new(|app, actor| worklists(app, actor, Whose::Mine))),
        (
            "worklists, of unit or organisation",
            Box::new(|app, actor| {
                let offered = app.worklists(actor).into_iter().map(|offer| offer.whose);
                if let Some(wide) = offered.into_iter().find(|whose| *whose != Whose::Mine) {
                    worklists(app, actor, wide);
                }
            }),
        ),
        (
            "the late",
            Box::new(|app, actor| {
                app.list_cases(actor, &Worklist::Overdue.filter(Whose::Mine, app.now()), None, 25).unwrap();
            }),
        ),
        ("all", searched(|_| Filter::default())),
        ("search: a common category", searched(|_| category("other"))),
        ("search: a category nobody has", searched(|_| category("discharge"))),
        (
            "search: a year and a category",
            searched(|app| Filter {
                opened_from: Some(app.now() + chrono::Duration::days(-730)),
                opened_before: Some(app.now() + chrono::Duration::days(-365)),
                ..category("other")
            }),
        ),
        ("search: a workflow", searched(|_| Filter { workflow: Some("local-dispute".into()), ..Filter::default() })),
        ("search: a level", searched(|_| Filter { level: Some("local-dispute:parties".into()), ..Filter::default() })),
        ("search: a unit", searched(|_| Filter { unit: Some("psykiatri-falun".into()), ..Filter::default() })),
        (
            "search: a registry number",
            searched(|_| Filter { registry_number: Some("DNR 2026-1".into()), ..Filter::default() }),
        ),
        (
            "board",
            Box::new(|app, actor| {
                let _ = app.board(actor);
            }),
        ),
    ]
}

fn category(category: &str) -> Filter {
    Filter { category: Some(category.into()), ..Filter::default() }
}

/// What the page of worklists asks: a count for each, and one of them.
fn worklists(app: &App, actor: &Actor, whose: Whose) {
    for list in [Worklist::ToDo, Worklist::Waiting, Worklist::Overdue, Worklist::Done] {
        app.count_cases(actor, &list.filter(whose, app.now()), 1_000).unwrap();
    }
    app.drafts(actor).unwrap();
    app.list_cases(actor, &Worklist::ToDo.filter(whose, app.now()), None, 25).unwrap();
}

/// How many of twenty copies are made of each model.
const MODELS: [(&str, usize); 6] =
    [("taken back", 12), ("sent", 2), ("to the municipality", 1), ("routed", 2), ("answered", 1), ("dispute", 2)];

fn model(scene: &Scene, name: &str) -> Done {
    let (mas, region) = ("mas-avesta", "avvikelsehandlaggare-region");
    match name {
        "dispute" => scene.dispute_of("socialchef-avesta"),
        "to the municipality" => scene.deviation(region, "avesta"),
        "taken back" => {
            let done = scene.deviation(mas, "region-dalarna");
            scene.step(mas, &done, "take_back", json!({"grounds": "Dubbelt."}))
        }
        "sent" => scene.deviation(mas, "region-dalarna"),
        "routed" => routed(scene, mas, region),
        "answered" => {
            let done = routed(scene, mas, region);
            let number = json!({"registry_number": "DNR 2026-1"});
            scene.step(mas, &done, "note_registry_number", number)
        }
        other => panic!("no model {other}"),
    }
}

fn routed(scene: &Scene, sender: &str, receiver: &str) -> Done {
    let done = scene.deviation(sender, "region-dalarna");
    let done = scene.step(receiver, &done, "receive", json!({}));
    scene.step(receiver, &done, "route", json!({"lead_unit": "psykiatri-falun"}))
}

fn matter(scene: &Scene) {
    let (handler, manager) = ("mas-avesta", "socialchef-avesta");
    let done = scene.dispute_of(manager);
    let steps: [(&str, &str, Value); 3] = [
        (handler, "write_statement", json!({"statement": "Vi är oense om vem som bär kostnaden."})),
        (manager, "approve_statement", json!({})),
        (manager, "escalate", json!({"tried": ["managers"], "grounds": "Tre möten har inte gett någon lösning."})),
    ];
    steps.into_iter().fold(done, |done, (who, transition, given)| scene.step(who, &done, transition, given));
}

fn fill(scene: &Scene, cases: usize) {
    (0..MATTERS).for_each(|_| matter(scene));
    (0..10).for_each(|_| drop(scene.deviation("sas-orsa", "region-dalarna")));
    let picks = MODELS.iter().flat_map(|(name, times)| {
        let number = model(scene, name).number;
        std::iter::repeat_n(format!("'{number}'"), *times)
    });
    let picks: Vec<_> = picks.collect();
    let DatabaseUrl::Postgres(url) = &scene.url else { panic!("lists are measured on PostgreSQL") };
    let mut db = PgConnection::establish(url).unwrap();
    db.batch_execute(&copies(&picks.join(", "), cases - MATTERS - 10)).unwrap();
    // What the autovacuum of a server does in the course of years.
    for table in ["cases", "parties", "visibility", "lists"] {
        db.batch_execute(&format!("vacuum analyze {table}")).unwrap();
    }
}

fn copies(picks: &str, cases: usize) -> String {
    let other =
        |column: &str| format!("replace(replace({column}, 'psykiatri-falun', k.unit), 'avesta', k.municipality)");
    let (snapshot, shelf, reader) = (other("snapshot"), other("shelf"), other("reader"));
    let (side, owner) = (other("unit_id"), other("principal_id"));
    format!(
        "set synchronous_commit = off; set session_replication_role = replica;
         drop index lists_standing; drop index lists_level; drop index lists_category; drop index lists_due; drop index lists_opened;
         set maintenance_work_mem = '1GB'; set work_mem = '256MB';
         create temp table k as
           select md5('copy' || k) as id, 'COPY-' || k as number, model.id as model, model.opened_at as opened,
                  date_trunc('second', model.opened_at) - k * (interval '3650 days' / {cases}) as at,
                  (array['vansbro', 'malung-salen', 'gagnef', 'leksand', 'rattvik', 'alvdalen', 'smedjebacken', 'mora', 'falun',
                         'borlange', 'sater', 'hedemora', 'avesta', 'ludvika'])[1 + (k / 20) % 14] as municipality,
                  (array['psykiatri-falun', 'psykiatri-mora', 'psykiatri-ludvika', 'habiliteringen', 'medicin-falun',
                         'primarvard-falun'])[1 + (k / 20) % 6] as unit
           from generate_series(1, {cases}) as k
           join cases as model on model.number = (array[{picks}])[1 + k % 20];
         create index on k (model);
         analyze k;
         insert into cases
           select k.id, k.number, workflow, version, definition, state, outcome, revision, category, urgent, k.at, k.at,
                  replace({snapshot}, '\"opened\":\"' || to_char(k.opened, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
                                      '\"opened\":\"' || to_char(k.at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'))
           from k join cases on cases.id = k.model;
         insert into parties
           select k.id, side, {owner}, authority_id, {side}, from_entry, until_entry from k join parties on case_id = k.model;
         insert into visibility
           select k.id, room, {reader}, from_entry, until_entry from k join visibility on case_id = k.model;
         insert into lists
           select k.id, {shelf}, standing, seen_until, k.at, k.at, workflow, state, level, category, urgent,
                  k.at + interval '60 days' + (due - due) from k join lists on case_id = k.model;
         create index lists_standing on lists (shelf, standing, waiting_since, case_id);
         create index lists_level on lists (shelf, level, waiting_since, case_id);
         create index lists_category on lists (shelf, category, waiting_since, case_id) where category is not null;
         create index lists_due on lists (shelf, standing, due, case_id) where due is not null;
         create index lists_opened on lists (shelf, opened_at, case_id);"
    )
}
