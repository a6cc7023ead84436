//! Two instances that share the jobs, one of which dies now and then, and the mail server that they send to.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

use chrono::Duration;
use samsyn::app::App;
use samsyn::clock::{Clock, ManualClock, Timestamp};
use samsyn::ids::IdSource;
use samsyn::jobs::{Work, Worker, find};
use samsyn::mail::Transport;
use samsyn::store::{leases, outbox};

use crate::support::database::TestApp;
use crate::support::smtp::{Fault, SmtpListener};
use crate::support::values::{pick, roll};

/// A clock at one of whose readings, if any, the instance dies: whatever it was about to do it does not.
struct Mortal {
    clock: Arc<ManualClock>,
    left: Mutex<Option<usize>>,
}

struct Died;

impl Clock for Mortal {
    fn now(&self) -> Timestamp {
        let left = self.left.lock().unwrap().take();
        match left {
            // Unlike a panic, this says nothing: it happens often.
            Some(0) => resume_unwind(Box::new(Died)),
            _ => *self.left.lock().unwrap() = left.map(|left| left - 1),
        }
        self.clock.now()
    }
}

/// How the mail server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fine,
    /// Some mails are put off, some connections break, some of them after the mail was taken.
    Rough,
    /// Every mail is put off.
    Busy,
    /// Nothing is taken from us.
    Closed,
}

pub struct Instances {
    app: App,
    mortal: Arc<Mortal>,
    smtp: SmtpListener,
    transport: Transport,
    weather: Arc<Mutex<(Weather, BTreeSet<String>)>>,
    /// Whether the instance that ran last died.
    pub died: bool,
    /// Whether none dies.
    pub healthy: bool,
}

impl Instances {
    pub fn of(test: &TestApp, seed: u64) -> Instances {
        let mortal = Arc::new(Mortal { clock: test.clock.clone(), left: Mutex::new(None) });
        let app = App { clock: mortal.clone(), ..test.app.clone() };
        let smtp = SmtpListener::start();
        let url = format!("smtp://127.0.0.1:{}?tls=none", smtp.port());
        let transport = Transport::smtp(&url.parse().unwrap(), std::time::Duration::from_secs(10));
        let weather = Arc::new(Mutex::new((Weather::Fine, BTreeSet::new())));
        let (dice, said) = (IdSource::seeded(seed), weather.clone());
        smtp.set_script(move |address| {
            let (weather, refused) = &*said.lock().unwrap();
            match (weather, roll(&dice, 8)) {
                _ if refused.contains(address) => Some(Fault::RefuseRecipient(550)),
                (Weather::Busy, _) => Some(Fault::RefuseData(451)),
                (Weather::Rough, 0) => Some(Fault::DropInData),
                (Weather::Rough, 1 | 2) => Some(Fault::DropAfterData),
                (Weather::Rough, 3) => Some(Fault::RefuseRecipient(450)),
                _ => None,
            }
        });
        Instances { app, mortal, smtp, transport, weather, died: false, healthy: false }
    }

    /// The server behaves otherwise from now on, and refuses other addresses for good.
    pub fn change_weather(&self, dice: &IdSource, addresses: &[&str]) {
        let skies = [Weather::Fine, Weather::Fine, Weather::Rough, Weather::Busy, Weather::Closed];
        let refused = (0..roll(dice, 3)).map(|_| (*pick(dice, addresses)).to_owned()).collect();
        self.set_weather(*pick(dice, &skies), refused);
    }

    /// The server takes everything.
    pub fn clear_up(&self) {
        self.set_weather(Weather::Fine, BTreeSet::new());
    }

    fn set_weather(&self, weather: Weather, refused: BTreeSet<String>) {
        *self.weather.lock().unwrap() = (weather, refused);
        self.smtp.set_fault((weather == Weather::Closed).then_some(Fault::RefuseService));
    }

    /// The row and the recipient of each mail that was taken after the first `seen`, and whether the client was told so.
    pub fn arrived_after(&self, seen: usize) -> Vec<(String, String, bool)> {
        let mails = self.smtp.mails_after(seen).into_iter();
        let row = |data: &str| {
            let line = data.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
            line.split('@').next().unwrap().to_owned()
        };
        mails.map(|(mail, told)| (row(&mail.data), mail.to[0].clone(), told)).collect()
    }

    /// One of the two does a job, if it is due; seldom it dies at it. True where the job came to its end.
    pub fn job(&mut self, name: &str, dice: &IdSource) -> bool {
        let job = find(name).unwrap();
        let from = "samsyn <samsyn@samsyn.example>".parse().unwrap();
        let work =
            Work { app: self.app.clone(), transport: self.transport.clone(), from, bounces: None, operator: None };
        self.died = !self.healthy && roll(dice, 12) == 0 && self.takes_lease(name);
        if !self.died {
            let worker = Worker::new(job, work, ["one", "other"][roll(dice, 2)]).unwrap();
            return worker.look().unwrap();
        }
        *self.mortal.left.lock().unwrap() = Some(roll(dice, 12));
        let ran = catch_unwind(AssertUnwindSafe(|| (job.run)(&work)));
        *self.mortal.left.lock().unwrap() = None;
        match ran {
            Ok(counts) => counts.is_ok(),
            Err(why) if why.is::<Died>() => false,
            Err(why) => resume_unwind(why),
        }
    }

    /// Somebody takes the lease of a job and never gives it back.
    fn takes_lease(&self, name: &str) -> bool {
        let now = self.app.now();
        let taken = self.app.store.write(|db| {
            let last = leases::last_run(db, name)?;
            leases::take(db, name, "dead", last, now, now + Duration::seconds(15))
        });
        taken.unwrap()
    }

    /// An instance claims some mails and dies before it sends any.
    pub fn claim_and_die(&self) {
        let (now, store) = (self.app.now(), &self.app.store);
        for id in store.read(|db| outbox::ready(db, now, 3)).unwrap() {
            store.write(|db| outbox::claim(db, &id, "dead", now, now + Duration::minutes(10))).unwrap();
        }
    }
}
