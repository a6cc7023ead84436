//! Reads a form that holds a file (multipart/form-data), piece by piece: of a file that is too large, or that nobody sends,
//! no more is kept than is told of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;

use super::visit::Form;
use crate::app::documents::LARGEST;
use crate::web::error::Refusal;

/// The most bytes of all that is typed beside the file.
const LARGEST_FORM: usize = 1024 * 1024;
/// The most files on their way at once, in one process.
const MOST_AT_ONCE: usize = 16;
/// How long a file may be on its way.
const PATIENCE: Duration = Duration::from_secs(120);
/// The most fields.
const MOST_FIELDS: usize = 50;
/// So much of what is too large is read and thrown away, so that the browser is there for the answer: most send all before
/// they listen. Beyond it the connection ends.
const MOST_READ: usize = 8 * LARGEST;

/// A file that was sent.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, as the browser tells it.
    pub name: String,
    /// Its bytes; none of one that is too large.
    pub bytes: Vec<u8>,
    /// Whether it is larger than may be.
    pub too_large: bool,
}

/// Whether the request holds such a form.
pub fn is_one(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

/// What was typed, and the file. `keep` is whether the file is, which that of nobody known is not.
///
/// # Errors
/// Where it is no such form, or there is more of it than anybody sends.
pub async fn read(request: &HttpRequest, payload: web::Payload, keep: bool) -> Result<(Form, Option<File>), Refusal> {
    let _place = Place::take().ok_or(Refusal::TooOften)?;
    let read = timeout(PATIENCE, read_in_peace(request, payload, keep));
    read.await.unwrap_or(Err(Refusal::BrokenForm))
}

/// One of the places for files on their way: what waits here fills memory.
struct Place;

static TAKEN: AtomicUsize = AtomicUsize::new(0);

impl Place {
    fn take() -> Option<Place> {
        let free = |taken: usize| (taken < MOST_AT_ONCE).then_some(taken + 1);
        TAKEN.fetch_update(Ordering::SeqCst, Ordering::SeqCst, free).ok().map(|_| Place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn read_in_peace(
    request: &HttpRequest,
    payload: web::Payload,
    keep: bool,
) -> Result<(Form, Option<File>), Refusal> {
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if declared.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > MOST_READ) {
        return Err(Refusal::FileTooLarge);
    }
    let mut multipart = Multipart::new(request.headers(), payload);
    let (mut pairs, mut file) = (Vec::new(), None);
    let (mut typed, mut read) = (0, 0);
    while let Some(field) = multipart.next().await {
        let mut field = field.map_err(|_| Refusal::BrokenForm)?;
        if pairs.len() >= MOST_FIELDS {
            return Err(Refusal::BrokenForm);
        }
        let name = field.name().unwrap_or_default().to_owned();
        let sent = field.content_disposition().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
        match sent {
            None => {
                let (bytes, too_large) = take(&mut field, LARGEST_FORM - typed, &mut read).await?;
                typed += bytes.len();
                let text = String::from_utf8(bytes).ok().filter(|_| !too_large).ok_or(Refusal::BrokenForm)?;
                pairs.push((name, text.replace("\r\n", "\n")));
            }
            Some(name) => {
                let (bytes, too_large) = take(&mut field, if keep { LARGEST } else { 0 }, &mut read).await?;
                // An input in which nothing was chosen is sent as a file without name or content.
                let empty = name.is_empty() && bytes.is_empty() && !too_large;
                file = file.or((!empty).then_some(File { name, bytes, too_large }));
            }
        }
    }
    Ok((Form::of(pairs), file))
}

/// The bytes of a field, and whether there were more than may be: then none.
async fn take(field: &mut Field, most: usize, read: &mut usize) -> Result<(Vec<u8>, bool), Refusal> {
    let (mut bytes, mut too_large) = (Vec::new(), false);
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|_| Refusal::BrokenForm)?;
        *read += chunk.len();
        if *read > MOST_READ {
            return Err(Refusal::FileTooLarge);
        }
        too_large |= bytes.len() + chunk.len() > most;
        if too_large {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((bytes, too_large))
}
