//! The program killed at random moments while people work and jobs run: nothing that was acknowledged is lost, nothing
//! is done twice, and every reminder arrives.
//!
//! The clock of a server in another process cannot be set. So the cases that reminders are due of were begun a hundred
//! days ago, through the use cases with a clock that says so; and at the end the same clock, moved ahead, waits for what
//! a killed process had claimed, and for mails that leave only in office hours.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use samsyn::app::cases::Done;
use samsyn::calendar::local_date;
use samsyn::clock::{Clock, SystemClock, Timestamp};
use samsyn::ids::IdSource;
use samsyn::mail::Transport;
use serde_json::{Value, json};

use crate::support::binary::Binary;
use crate::support::cases::{actor, deviation, object};
use crate::support::database::TestApp;
use crate::support::smtp::SmtpListener;
use crate::support::sql;

const KILLS: u32 = 200;
const SEED: u64 = 2;
/// Who works: a handler without a date on her role.
const WHO: &str = "sas-falun";
const CLIENTS: u64 = 2;
/// How long a client waits for a server before it takes the test for failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// Cases begun in the past.
const OLD_CASES: usize = 60;

/// Where the server is at present, if anywhere.
#[derive(Default)]
struct Whereabouts {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    url: Option<String>,
    starts: u32,
    is_over: bool,
}

impl Whereabouts {
    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
        self.changed.notify_all();
    }

    fn is_over(&self) -> bool {
        self.state.lock().unwrap().is_over
    }

    /// The address of a server other than the one that failed, or of the same if it lives on.
    fn next(&self, failed: u32) -> (u32, String) {
        let state = self.state.lock().unwrap();
        let gone = |state: &mut State| state.url.is_none() || state.starts == failed;
        let (state, _) = self.changed.wait_timeout_while(state, Duration::from_secs(1), gone).unwrap();
        let none = |state: &mut State| state.url.is_none();
        let (state, waited) = self.changed.wait_timeout_while(state, PATIENCE, none).unwrap();
        assert!(!waited.timed_out(), "no server was started for a minute");
        (state.starts, state.url.clone().unwrap())
    }
}

/// What somebody does with the API, who repeats each request under its key until it is answered.
struct Client<'a> {
    name: u64,
    token: &'a str,
    server: &'a Whereabouts,
    agent: ureq::Agent,
    sent: u64,
}

impl Client<'_> {
    /// Sends a request until it is answered with success; any other answer is a fault.
    fn insist(&mut self, path: &str, revision: Option<u64>, body: &Value) -> Done {
        self.sent += 1;
        let key = format!("{}-{}", self.name, self.sent);
        let mut failed = 0;
        loop {
            let (start, url) = self.server.next(failed);
            let mut request = self.agent.post(format!("{url}{path}")).header("Idempotency-Key", &key);
            request = request.header("Authorization", format!("Bearer {}", self.token));
            if let Some(revision) = revision {
                request = request.header("If-Match", format!("\"{revision}\""));
            }
            match request.send_json(body) {
                Ok(mut answer) if answer.status().is_success() => match answer.body_mut().read_json() {
                    Ok(done) => return done,
                    Err(_) => failed = start, // killed in the middle of the answer
                },
                Ok(answer) if answer.status() == 503 => {}
                Ok(mut answer) => {
                    let said = answer.body_mut().read_to_string().unwrap_or_default();
                    panic!("{path} at revision {revision:?}: {} {said}", answer.status());
                }
                Err(_) => failed = start,
            }
        }
    }

    /// Registers cases, adds facts to them and writes notes until it is over; what was acknowledged.
    fn work(&mut self) -> Vec<(Done, &'static str)> {
        let mut done = Vec::new();
        let new = json!({
            "workflow": "deviation", "start": "register", "parties": {"receiver": ["region-dalarna"]},
            "data": past_deviation().given,
        });
        while !self.server.is_over() {
            let mut case = self.insist("/api/cases", None, &new);
            done.push((case.clone(), "step"));
            for round in 0..60 {
                let path = format!("/api/cases/{}", case.number);
                if round % 3 == 2 {
                    let note = json!({"room": "shared", "text": "Ringt."});
                    done.push((self.insist(&format!("{path}/notes"), None, &note), "note"));
                } else {
                    let step = json!({"transition": "add_facts", "data": {"more_facts": "Det hände igen."}});
                    let next = self.insist(&format!("{path}/steps"), Some(case.revision), &step);
                    assert_eq!(next.revision, case.revision + 1, "{}", case.number);
                    case = next;
                    done.push((case.clone(), "step"));
                }
            }
        }
        done
    }
}

/// A deviation of something that happened well before anything here.
fn past_deviation() -> samsyn::app::cases::Registration {
    let mut registration = deviation("Något gick fel.");
    registration.given.extend(object(json!({"event_on": "2026-01-02", "discovered_on": "2026-01-02"})));
    registration
}

/// Cases begun at `start`, and the reminders of their first month in the outbox.
fn a_month_of_cases(start: Timestamp) -> TestApp {
    let test = TestApp::seeded(&start.to_string(), SEED);
    for _ in 0..OLD_CASES {
        test.app.register(&actor(&test.app, WHO), &past_deviation(), None).unwrap();
    }
    for _ in 0..30 {
        test.clock.advance(chrono::Duration::days(1));
        assert_eq!(test.app.sweep_deadlines().unwrap().failed, 0);
    }
    test
}

/// The ledger of the old cases: what was reminded of, to whom, planned for when.
fn ledger(test: &TestApp) -> Vec<String> {
    let key = "number || ' ' || deadline || ' ' || generation || ' ' || step || ' ' || round || ' ' || person_id";
    let query = format!(
        "select {key} || ' ' || cast(planned_at as text) as line from reminders join cases on id = case_id order by 1"
    );
    sql::lines(&test.app.store, &query)
}

/// Kills the server, and a job that somebody runs by hand, again and again.
fn kill_again_and_again(binary: &Binary, server: &Whereabouts) {
    let random = IdSource::seeded(SEED);
    let up_to = |most: u64| Duration::from_millis(u64::from_le_bytes(random.bytes()) % most);
    for kill in 0..KILLS {
        let job = if kill % 2 == 0 { "mail" } else { "deadlines" };
        let mut job = quiet(binary, &["run-job", job]);
        if kill % 8 == 7 {
            // While it starts, or just after.
            let mut starting = quiet(binary, &["serve", "--listen", "127.0.0.1:0"]);
            thread::sleep(up_to(150));
            end(&mut starting);
        } else {
            let mut served = binary.serve(&[]);
            server.set(|state| (state.url, state.starts) = (Some(served.url.clone()), kill + 1));
            thread::sleep(up_to(600));
            served.kill();
            server.set(|state| state.url = None);
        }
        end(&mut job);
    }
}

fn quiet(binary: &Binary, args: &[&str]) -> Child {
    binary.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn end(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills while clients work; afterwards lets them end what they have begun. What was acknowledged.
fn kill_under_load(binary: &Binary, token: &str) -> Vec<(Done, &'static str)> {
    let server = Whereabouts::default();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|name| {
                let config = ureq::Agent::config_builder().http_status_as_error(false);
                let agent = config.timeout_global(Some(Duration::from_secs(30))).build().into();
                let mut client = Client { name, token, server: &server, agent, sent: 0 };
                scope.spawn(move || client.work())
            })
            .collect();
        kill_again_and_again(binary, &server);
        let served = binary.serve(&[]);
        server.set(|state| *state = State { url: Some(served.url.clone()), starts: KILLS + 1, is_over: true });
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

/// Every acknowledged step and note is in the log, where the answer said; and nothing else is.
fn assert_kept(test: &TestApp, acknowledged: &[(Done, &str)]) {
    let said = acknowledged.iter().map(|(done, kind)| format!("{} {} {kind}", done.number, done.entry));
    let said: BTreeSet<_> = said.collect();
    assert_eq!(said.len(), acknowledged.len(), "something was acknowledged twice");
    let query = format!(
        "select number || ' ' || n || ' ' || entries.kind as line from entries join cases on id = case_id
         where room = 'shared' and recorded_at > '{}'",
        test.app.now().naive_utc() // the test's clock still shows the past
    );
    let kept: BTreeSet<_> = sql::lines(&test.app.store, &query).into_iter().collect();
    assert_eq!(said.difference(&kept).collect::<Vec<_>>(), [&""; 0], "acknowledged and lost");
    assert_eq!(kept.difference(&said).collect::<Vec<_>>(), [&""; 0], "done and never acknowledged, under any repeat");
}

/// Which rows of the outbox the mails that arrived are of; how many arrived again.
fn arrived(smtp: &SmtpListener) -> (BTreeSet<String>, usize) {
    let mails = smtp.mails();
    let id = |data: &str| {
        let line = data.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
        line.split('@').next().unwrap().to_owned()
    };
    let ids: BTreeSet<_> = mails.iter().map(|mail| id(&mail.data)).collect();
    let repeated = mails.len() - ids.len();
    (ids, repeated)
}

#[test]
#[ignore = "takes minutes"]
fn two_hundred_kills() {
    let start = SystemClock.now() + chrono::Duration::days(-100);
    let (test, undisturbed) = (a_month_of_cases(start), a_month_of_cases(start));
    let smtp = SmtpListener::start();
    let url = format!("smtp://127.0.0.1:{}?tls=none", smtp.port());
    let binary = Binary::on(&test.database).set("SAMSYN_SMTP_URL", &url);
    let token = binary.json(&["token", "create", WHO, "--json"])["token"].as_str().unwrap().to_owned();
    let acknowledged = kill_under_load(&binary, &token);
    let (ids, repeated) = arrived(&smtp);
    println!("seed {SEED}: {} steps and notes acknowledged, {KILLS} kills", acknowledged.len());
    println!("{} mails arrived before the end, {repeated} of them again", ids.len());

    assert_kept(&test, &acknowledged);
    binary.printed(&["log", "verify"]);
    let before = ledger(&test).len();
    let now = SystemClock.now();
    for one in [&test, &undisturbed] {
        one.clock.set(now);
        assert_eq!(one.app.sweep_deadlines().unwrap().failed, 0);
    }
    // Over what dead processes had claimed, to office hours.
    let tomorrow = local_date(now) + chrono::Duration::days(1);
    test.clock.set(test.app.hours.morning(&test.app.calendar, tomorrow));
    let transport = Transport::smtp(&url.parse().unwrap(), Duration::from_secs(30));
    let from = "samsyn <samsyn@samsyn.example>".parse().unwrap();
    thread::scope(|scope| {
        (0..8).for_each(|_| drop(scope.spawn(|| test.app.deliver_mail(&transport, &from).unwrap())));
    });
    println!("{before} reminders before the end, {} after", ledger(&test).len());
    assert_eq!(ledger(&test), ledger(&undisturbed));
    let (ids, repeated) = arrived(&smtp);
    println!("{} mails arrived in all, {repeated} of them again", ids.len());
    let written: BTreeSet<_> = sql::lines(&test.app.store, "select id as line from outbox").into_iter().collect();
    assert_eq!(ids, written);
    assert_eq!(sql::lines(&test.app.store, "select distinct status as line from outbox"), ["sent"]);
    assert_eq!(test.app.verify_log(&[], |_| {}).unwrap().problems, Vec::<String>::new());
}
