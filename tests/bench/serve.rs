//! The server as a process: how long it takes until it answers, what memory it holds, and what a page of the API costs beside
//! a constant answer of the same server. It runs on a database of its own with a thousand disputes.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use samsyn::ids::PersonId;
use samsyn::store::DatabaseUrl;

use crate::scene::Scene;
use crate::step::middle;

const DISPUTES: usize = 1_000;
const ROUNDS: usize = 7;
/// How many answers are asked for in a row, over one connection.
const ANSWERS: u32 = 200;

pub fn measure() {
    let scene = Scene::open();
    let disputes: Vec<_> = (0..DISPUTES).map(|_| scene.dispute()).collect();
    starts(&scene);
    let token = scene.app.create_token(&PersonId::from("socialchef-falun"), None).unwrap().secret;
    let server = Server::start(&scene);
    println!("  the server holds {} MB when it has begun", server.memory());
    let pages = [
        ("a worklist of 25".to_owned(), "/api/cases?limit=25".to_owned()),
        ("a case with its forms".to_owned(), format!("/api/cases/{}", disputes[0].number)),
    ];
    for (page, path) in pages {
        let mut ratios = Vec::new();
        let mut fastest = [Duration::MAX; 2];
        for _ in 0..ROUNDS {
            let took = ["/healthz", &path].map(|path| server.answers(path, &token));
            fastest = [0, 1].map(|at| fastest[at].min(took[at] / ANSWERS));
            ratios.push(took[1].as_secs_f64() / took[0].as_secs_f64());
        }
        println!("{page}: {} of the time of a constant answer", middle(&mut ratios));
        println!("  at best {:?} and {:?}", fastest[1], fastest[0]);
    }
    println!("  the server holds {} MB when it has answered", server.memory());
}

/// How long it takes until the server answers, beside a start that does nothing but tell the version.
fn starts(scene: &Scene) {
    let mut ratios = Vec::new();
    let mut fastest = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        assert!(program(scene, &["--version"]).stdout(Stdio::null()).status().unwrap().success());
        let bare = begun.elapsed();
        let begun = Instant::now();
        let server = Server::start(scene);
        ureq::get(format!("{}/readyz", server.url)).call().unwrap();
        fastest = fastest.min(begun.elapsed());
        ratios.push(begun.elapsed().as_secs_f64() / bare.as_secs_f64());
    }
    println!("from the start until the server answers: {} of a start that tells the version", middle(&mut ratios));
    println!("  at best {fastest:?}");
}

fn program(scene: &Scene, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samsyn"));
    let url = match &scene.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    command.args(args).env("DATABASE_URL", url).current_dir(scene.folder()).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// A server that runs; killed where it goes out of scope.
struct Server {
    url: String,
    child: Child,
}

impl Server {
    fn start(scene: &Scene) -> Server {
        let mut command = program(scene, &["serve", "--no-jobs", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Server { url: line.trim_end().strip_prefix("listening on ").unwrap().to_owned(), child }
    }

    /// The memory that it holds, in megabytes, as Linux tells it.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    fn answers(&self, path: &str, token: &str) -> Duration {
        let agent = ureq::Agent::new_with_defaults();
        let ask = || {
            let request = agent.get(format!("{}{path}", self.url)).header("Authorization", format!("Bearer {token}"));
            request.call().unwrap().body_mut().read_to_vec().unwrap()
        };
        ask();
        let begun = Instant::now();
        for _ in 0..ANSWERS {
            ask();
        }
        begun.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
