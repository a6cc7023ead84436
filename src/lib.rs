//! samsyn: deviations and disputes between health care and social care, on record, with deadlines.
//!
//! In Sweden health care is the region's and social care the municipality's. When one sees the other fail it registers a
//! *deviation* (avvikelse); where they disagree it becomes a *dispute* (tvist), and climbs a ladder that both have signed.
//! samsyn is that process: versioned state machines, deadlines that remind by mail, every step on record.
//!
//! # The map
//!
//! ```text
//! main          parse the command line, set up logging, hand over to cli
//! cli           one file a subcommand          config     the only reader of the environment
//! demo          stories from files, played     telemetry  log output
//! web           the only place with actix-web: routes (one table), error (the only mapping to a status), api/;
//!               pages/ for people: HTML without scripts, a table of its own, forms made of the workflows' fields
//! jobs          the schedule, its lease, and what runs on it
//! app           USE CASES, one file a noun: authorise -> load -> decide -> store, in one transaction
//! store         the only place with diesel; one store over SQLite and PostgreSQL
//! mail          what a mail may hold, templates, transports, calendars, reports of mails that came back
//! oidc          the sign-in service: OpenID Connect; the only place that asks anybody over HTTP
//! workflow      THE PURE CORE: definition (+ overlay) -> check -> decide; step -> case; log; replay; proof;
//!               plan -> migration; diff; export to others' formats
//! authz         roles, seats, actors, readers
//! calendar      Swedish working days and periods      personal_number   the guard of every free text
//! texts         what the program says by itself, whoever asks (what only pages say: web::pages::texts)
//! ids, clock    identifiers and their source; the only caller of the system's clock
//! meters        what this process counts of its own doing
//! ```
//!
//! **A file may import only downwards in this list**; `web` and `jobs` never import each other, `store` never imports
//! `app`. A test reads `src/` and fails on a forbidden import, a crate in the wrong layer, a file over 400 lines.
//!
//! # What always holds
//!
//! - One command is one step is one transaction: the case row (compare-and-set on its revision), the log entry, the
//!   deadlines, the mails in the outbox and the answer under the idempotency key; all or nothing.
//! - The log is append-only and chained, one chain a case *and room*. The stored state is the fold of the log, byte for
//!   byte. A step carries every date that it computed; replay computes none.
//! - A case keeps its version until a plan moves it, in a step of its own; each entry is read by the definition that it names.
//! - Free text lies apart from the log, which holds salted digests, and so do the bytes of documents. A removal empties
//!   them, on record.
//! - Nobody reads unnoted what people wrote: the way to the words is the receipt of `app::reads`, by whom and for whom.
//! - Every read goes through `app::access`: visibility rows say who sees which room from which entry until which.
//!   Whoever may not know of a case is told exactly what she would be told of a number that does not exist.
//! - Nothing but a person opens a dispute, sends a matter to a body, or accepts. The checker refuses a file that lets a
//!   deadline do so.
//! - Lists are read from shelves (`app::shelves`), never by looking at every case: a row for each case and reader, role or
//!   register, written in the transaction of the step, holding what whoever reads it may know.
//! - A mail can hold number, kind, urgency, state, deadline, link and counts: its types have no place for anything else.
//!   It leaves in office hours, whyever it is late.
//! - Whoever acts in another's place does so as herself, on record for whom; who may is `authz::may_stand_in`.
//! - An administrator sees no content of any case, and what she changes is in the append-only `changes`.
//! - Time and randomness are handed in: `Clock`, `IdSource`.
//! - What users read stands in a workflow file, a mail template, `texts` or `web::pages::texts`; a test names the exceptions.
//!
//! # How to add
//!
//! - **A workflow, or a version:** a file `workflows/NAME/VERSION.yaml` (reference: `workflows/README.md`) and its line in
//!   `workflow::shipped`; `samsyn workflow check` tells what is wrong with it; `workflows/digests.lock` shows the change. Final
//!   there, it gets recorded cases (`tests/recorded`), and is in force for new ones once it is published (`app::versions`).
//! - **A local agreement:** `workflows/NAME/VERSION+PRINCIPAL-VERSION.yaml` and its line in `workflow::shipped`; `workflow::overlay`
//!   lays it over its base, and it is published for its municipality's cases (`app::versions`). With the principal `county` it holds the
//!   county's own times, for all cases.
//! - **A plan for running cases:** `workflows/NAME/FROM-TO.yaml` and its line in `workflow::shipped`; `workflow::migration` does it.
//!   It gets recorded cases too.
//! - **An endpoint:** a row in `web::routes` (method, path, policy, handler, schemas; the OpenAPI document follows), a
//!   handler in `web::api`, a use case in `app`. The visibility snapshot fails until the route is in it.
//! - **A page:** a row in `web::pages::routes` and a handler beside it that calls a use case; its words in `texts`. Every page
//!   is closed to whoever is not signed in unless its row says otherwise.
//! - **A mail:** three files in `email_templates/` and a line in `mail::template`; the workflow files name it.
//! - **A job:** a row in `jobs`: name, cron expression, function. A job can run twice in a row and change nothing.
//! - **A metric:** a counter in `meters` or a query in `store::watch`, and its name in `web::metrics`.
//! - **A migration:** the same name under `migrations/sqlite` and `migrations/postgres`, and `store::schema`; a test
//!   compares the three.

pub mod app;
pub mod authz;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod ids;
pub mod jobs;
pub mod mail;
pub mod meters;
pub mod oidc;
pub mod personal_number;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod web;
pub mod workflow;
