//! What the program says by itself, whoever asks - a page, the API, the command line -, by topic; and the order of its
//! language. What only pages say is `web::pages::texts`; what belongs to one kind of case, its workflow file; what a mail
//! says, its template. Nowhere else stands a sentence that users read: a test reads the source for it.
//!
//! Another language is another folder like this one. Only words: what is said when, the callers know.

pub mod administration;
pub mod cases;
pub mod documents;
pub mod mails;
pub mod order;
pub mod passwords;
pub mod problems;
pub mod requests;
pub mod roles;
