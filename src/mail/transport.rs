//! The ways out, and what a failure means for the queue. How often to try is for `jobs/` to say.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::message::{MessageError, Outgoing};
use super::smtp::Smtp;

/// A way out; [`Transport::send`] and [`Transport::session`] send by it.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server; see [`Transport::smtp`].
    Smtp(Smtp),
    /// Into a folder, a file for each mail, where no server is set; see [`Transport::files`].
    Files(PathBuf),
    /// Into a list, for tests and stories.
    Memory(Arc<Mutex<Vec<Outgoing>>>),
}

/// What a failure means for the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// This mail again later. It may have arrived all the same: the server may have gone between taking it and saying so.
    Retry,
    /// The same, and no other mail meanwhile: the server is away or too slow, and each would wait for it anew.
    Away,
    /// Never this mail: the server, or its own address, said no for good.
    Refused,
    /// No mail at all until somebody mends the configuration: stop, and lose none.
    Configuration,
}

/// A mail did not go out, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SendError {
    /// What to do.
    pub verdict: Verdict,
    /// What happened, fit for a log: it holds no address, login or words of the mail.
    pub detail: String,
}

impl From<MessageError> for SendError {
    fn from(error: MessageError) -> Self {
        SendError { verdict: Verdict::Refused, detail: error.to_string() }
    }
}
