//! Mail: what a mail may hold, the words around it, and the ways out.
//!
//! [`content`] is all that a mail can know; [`template`] puts it into Swedish; [`message`] makes the document of RFC
//! 5322, with the day of the deadline for calendars ([`ics`]); a [`session`] of a
//! [`transport`] hands it to a server ([`smtp`]), writes it to a folder ([`files`]) or keeps it in memory.
//!
//! What comes back lies in a [`maildir`] and is read by [`bounce`].
//!
//! No database, no schedule, no decision on who gets a mail or when: the outbox belongs to `store/`, the hours and the
//! retries to `jobs/`. Nothing here logs; an error says what to do, and holds no address, login or text of a mail.

pub mod audit;
pub mod bounce;
pub mod content;
pub mod files;
pub mod ics;
pub mod maildir;
pub mod message;
pub mod session;
pub mod smtp;
pub mod template;
pub mod transport;

pub use audit::{AuditContent, Differences, render_audit};
pub use content::{DigestContent, DigestMatter, MailContent};
pub use files::FolderError;
pub use message::{Calendared, MessageError, Outgoing, Sender, SenderError, Thread};
pub use session::Session;
pub use smtp::{SmtpServer, SmtpUrlError};
pub use template::{DIGEST, Rendered, TEMPLATES, TemplateError, render, render_stored};
pub use transport::{SendError, Transport, Verdict};
