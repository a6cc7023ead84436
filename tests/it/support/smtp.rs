//! A small SMTP server inside the test, because no finished one fails in the ways that matter: it refuses a recipient,
//! or drops the connection in the middle of a mail or right after it took one; it sends everybody away, refuses a login,
//! or falls silent. Plain text, on a free port of loopback.

use std::io::{BufRead, BufReader, Result, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

/// A mail that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body as sent, lines ended by CRLF, without the dots that SMTP doubles.
    pub data: String,
}

/// How the server fails, until told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Answers each RCPT with this code: 4xx for "try again", 5xx for a real no.
    RefuseRecipient(u16),
    /// Drops the connection after the first line of a mail; the mail is not taken.
    DropInData,
    /// Takes the mail, then drops the connection instead of saying so.
    DropAfterData,
    /// Greets with 554, as a server does that wants nothing from this client, and hangs up.
    RefuseService,
    /// Offers a login, and refuses it.
    RefuseLogin,
    /// Never answers MAIL.
    FallSilent,
    /// Takes the words of a mail, and refuses it at their end with this code.
    RefuseData(u16),
    /// Lets MAIL wait until it is told something else.
    Hold,
}

/// How the mail to an address is to fail, if it is.
type Script = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

/// The server. When it goes out of scope it stops listening, and open connections get no more answers.
pub struct SmtpListener {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    /// The places among them of those whose taking was never said.
    unanswered: Vec<usize>,
    fault: Option<Fault>,
    script: Option<Script>,
    stopped: bool,
    /// How many sessions wait, where that is the fault.
    held: usize,
    /// How many sessions there have been.
    sessions: usize,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What the script says of a mail to this address.
    fn scripted(&self, address: &str) -> Option<Fault> {
        self.lock().script.as_mut().and_then(|script| script(address))
    }

    fn take(&self, mail: Mail, answered: bool) {
        let mut state = self.lock();
        if !answered {
            let place = state.mails.len();
            state.unanswered.push(place);
        }
        state.mails.push(mail);
        self.arrived.notify_all();
    }
}

impl SmtpListener {
    /// A server that takes everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let server = Arc::clone(&shared);
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if server.lock().stopped {
                    break;
                }
                let server = Arc::clone(&server);
                // A client that goes away ends its session and nothing else.
                std::thread::spawn(move || serve(stream, &server).ok());
            }
        });
        SmtpListener { port, shared, accepting: Some(accepting) }
    }

    /// A server that fails as told.
    pub fn with_fault(fault: Fault) -> Self {
        let server = SmtpListener::start();
        server.set_fault(Some(fault));
        server
    }

    /// Changes how it fails from now on; `None` heals it.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.shared.lock().fault = fault;
        self.shared.arrived.notify_all();
    }

    /// Fails from now on as the script says of each recipient, which it is asked once a mail; a fault for all comes first.
    pub fn set_script(&self, script: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        self.shared.lock().script = Some(Box::new(script));
    }

    /// Waits until a session is held. Panics after ten seconds.
    pub fn wait_until_held(&self) {
        let patience = Duration::from_secs(10);
        let waited = self.shared.arrived.wait_timeout_while(self.shared.lock(), patience, |s| s.held == 0).unwrap().1;
        assert!(!waited.timed_out(), "nobody came");
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The mails taken so far, in the order of their arrival.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.lock().mails.clone()
    }

    /// Those taken after the first `seen`, each with whether the client was told so.
    pub fn mails_after(&self, seen: usize) -> Vec<(Mail, bool)> {
        let state = self.shared.lock();
        let mails = state.mails.iter().enumerate().skip(seen);
        mails.map(|(place, mail)| (mail.clone(), !state.unanswered.contains(&place))).collect()
    }

    /// How many those are.
    pub fn count(&self) -> usize {
        self.shared.lock().mails.len()
    }

    /// How many connections clients have made.
    pub fn sessions(&self) -> usize {
        self.shared.lock().sessions
    }

    /// Waits until `count` mails have arrived, for senders in another process. Panics after ten seconds.
    pub fn wait_for(&self, count: usize) -> Vec<Mail> {
        let patience = Duration::from_secs(10);
        let (state, waited) =
            self.shared.arrived.wait_timeout_while(self.shared.lock(), patience, |s| s.mails.len() < count).unwrap();
        assert!(!waited.timed_out(), "{} of {count} mails arrived", state.mails.len());
        state.mails.clone()
    }
}

impl Drop for SmtpListener {
    fn drop(&mut self) {
        self.shared.lock().stopped = true;
        self.shared.arrived.notify_all();
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok(); // wakes the accepting thread
        self.accepting.take().map(JoinHandle::join);
    }
}

/// One session. Returning closes the connection.
fn serve(mut stream: TcpStream, shared: &Shared) -> Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let (mut from, mut to, mut scripted) = (String::new(), Vec::new(), None);
    shared.lock().sessions += 1;
    if shared.lock().fault == Some(Fault::RefuseService) {
        return send(&mut stream, "554 not for you");
    }
    send(&mut stream, "220 ready")?;
    while let Some(line) = read_line(&mut lines)? {
        let State { fault, stopped, .. } = *shared.lock();
        if stopped {
            return Ok(());
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "MAIL" => scripted = None,
            "RCPT" => scripted = shared.scripted(&address(&line)),
            _ => {}
        }
        let fault = fault.or(scripted);
        match (verb.as_str(), fault) {
            ("EHLO", Some(Fault::RefuseLogin)) => send(&mut stream, "250-here\r\n250 AUTH PLAIN")?,
            ("AUTH", Some(Fault::RefuseLogin)) => send(&mut stream, "535 5.7.8 who are you")?,
            ("MAIL", Some(Fault::FallSilent)) => {}
            ("EHLO", _) => send(&mut stream, "250-here\r\n250 8BITMIME")?,
            ("MAIL", _) => {
                hold(shared);
                (from, to) = (address(&line), Vec::new());
                send(&mut stream, "250 sender noted")?;
            }
            ("RCPT", Some(Fault::RefuseRecipient(code))) => {
                let class = code / 100;
                send(&mut stream, &format!("{code} {class}.1.1 <{}> refused", address(&line)))?; // as servers like to
            }
            ("RCPT", _) => {
                to.push(address(&line));
                send(&mut stream, "250 recipient noted")?;
            }
            ("DATA", _) if to.is_empty() => send(&mut stream, "503 no recipient")?,
            ("DATA", _) => {
                send(&mut stream, "354 go on")?;
                acknowledge_at_once(&stream);
                let Some(data) = read_data(&mut lines, fault == Some(Fault::DropInData))? else { return Ok(()) };
                if let Some(Fault::RefuseData(code)) = fault {
                    send(&mut stream, &format!("{code} {}.6.0 not like that", code / 100))?;
                    continue;
                }
                let mail = Mail { from: std::mem::take(&mut from), to: std::mem::take(&mut to), data };
                let dropped = fault == Some(Fault::DropAfterData);
                shared.take(mail, !dropped);
                if dropped {
                    return Ok(());
                }
                send(&mut stream, "250 taken")?;
            }
            ("RSET" | "NOOP" | "HELO", _) => send(&mut stream, "250 done")?,
            ("QUIT", _) => return send(&mut stream, "221 bye"),
            _ => send(&mut stream, "502 unknown")?,
        }
    }
    Ok(())
}

/// Waits for as long as the server holds its sessions.
fn hold(shared: &Shared) {
    let mut state = shared.lock();
    state.held += 1;
    shared.arrived.notify_all();
    let held = |state: &mut State| state.fault == Some(Fault::Hold) && !state.stopped;
    shared.arrived.wait_while(state, held).unwrap().held -= 1;
}

/// Sends a line in one piece: in several, each would wait for the other side's delayed acknowledgement.
fn send(stream: &mut TcpStream, line: &str) -> Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes())
}

/// The client writes the end of a mail by itself, and waits with that until the mail is acknowledged: 40 ms, as Linux puts
/// an acknowledgement off in a conversation. A test of thousands of mails would be a test of patience.
fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_quickack(true).ok();
}

/// A line without its end; nothing where the client has gone.
fn read_line(lines: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = Vec::new();
    if lines.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
}

/// A mail up to the lone dot; nothing where the connection ends before it, by the client's will or ours.
fn read_data(lines: &mut impl BufRead, stop_after_first: bool) -> Result<Option<String>> {
    let mut data = String::new();
    while let Some(line) = read_line(lines)? {
        if stop_after_first {
            return Ok(None);
        }
        if line == "." {
            return Ok(Some(data));
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
    }
    Ok(None)
}

/// What stands between the angle brackets of `MAIL FROM:<a@b> BODY=8BITMIME`.
fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends a line for each answer, the greeting first, and collects the answers' codes until the server hangs up.
    fn talk(server: &SmtpListener, lines: &[&str]) -> Vec<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let (mut codes, mut lines) = (Vec::new(), lines.iter());
        while let Ok(Some(answer)) = read_line(&mut answers) {
            codes.push(answer[..3].to_owned());
            if lines.next().is_none_or(|line| send(&mut stream, line).is_err()) {
                break;
            }
        }
        codes
    }

    const MAIL: [&str; 6] = [
        "HELO test",
        "MAIL FROM:<samsyn@example.se> BODY=8BITMIME",
        "RCPT TO:<a@example.se>",
        "RCPT TO:<b@example.se>",
        "DATA",
        "Subject: hej\r\n\r\n..dot\r\nå\r\n.",
    ];

    #[test]
    fn takes_a_mail_and_undoubles_its_dots() {
        let server = SmtpListener::start();
        let codes = talk(&server, &[&MAIL[..], &["QUIT"]].concat());
        assert_eq!(codes, ["220", "250", "250", "250", "250", "354", "250", "221"]);
        let taken = Mail {
            from: "samsyn@example.se".to_owned(),
            to: vec!["a@example.se".to_owned(), "b@example.se".to_owned()],
            data: "Subject: hej\r\n\r\n.dot\r\nå\r\n".to_owned(),
        };
        assert_eq!(server.wait_for(1), [taken]);
    }

    #[test]
    fn refuses_recipients_until_it_is_healed() {
        for code in [450, 550] {
            let server = SmtpListener::with_fault(Fault::RefuseRecipient(code));
            let code = code.to_string();
            assert_eq!(talk(&server, &MAIL[..5]), ["220", "250", "250", &code, &code, "503"]);
            assert_eq!(server.mails(), []);
            server.set_fault(None);
            talk(&server, &MAIL);
            assert_eq!(server.mails().len(), 1);
        }
    }

    #[test]
    fn drops_in_the_middle_of_a_mail_and_after_it() {
        let dropped = ["220", "250", "250", "250", "250", "354"];
        let server = SmtpListener::with_fault(Fault::DropInData);
        assert_eq!(talk(&server, &MAIL), dropped);
        assert_eq!(server.mails(), []);
        server.set_fault(Some(Fault::DropAfterData));
        assert_eq!(talk(&server, &MAIL), dropped);
        assert_eq!(server.mails().len(), 1);
    }

    #[test]
    fn is_gone_when_dropped() {
        let server = SmtpListener::start();
        let port = server.port();
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }
}
