//! Passwords: which are strong enough, how they are hashed, how one is made. Nothing here knows of people or accounts.

use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use zxcvbn::{Score, zxcvbn};

use super::AppError;
use crate::ids::IdSource;
use crate::personal_number;
use crate::texts::passwords as texts;

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;
/// The most characters of a password.
pub const LONGEST: usize = 200;
/// How hard a password must be to guess, from 0 to 4: beyond what somebody can try who has stolen the hashes.
const STRONG: Score = Score::Three;
/// What a hash costs to work out, as OWASP's Password Storage Cheat Sheet asks of Argon2id: memory in KiB.
const MEMORY: u32 = 19_456;
/// How often that memory is gone through.
const PASSES: u32 = 2;
/// How many lanes at once.
const LANES: u32 = 1;
/// The signs of a password made here: none that is taken for another. 32 of them, so that five random bits choose one.
const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How many of them: 100 bits.
const SIGNS_WANTED: usize = 20;
/// How many stand together.
const GROUP: usize = 5;

/// What is wrong with a password. The message is for operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Too few characters.
    #[error("the password is too short: give at least {SHORTEST} characters, such as several words")]
    TooShort,
    /// Too many characters.
    #[error("the password is too long: give at most {LONGEST} characters")]
    TooLong,
    /// Easily guessed.
    #[error("the password is too easy to guess: give several words that do not belong together, and no names or years")]
    Guessable,
}

impl Weakness {
    /// What the user is told to do.
    pub fn detail(self) -> String {
        match self {
            Weakness::TooShort => texts::too_short(SHORTEST),
            Weakness::TooLong => texts::too_long(LONGEST),
            Weakness::Guessable => texts::GUESSABLE.to_owned(),
        }
    }
}

/// What is wrong with a password for somebody of whom everybody knows `about`: her name, her username. A personal identity
/// number is no secret either.
pub fn weakness(password: &str, about: &[&str]) -> Option<Weakness> {
    match password.chars().count() {
        ..SHORTEST => return Some(Weakness::TooShort),
        SHORTEST..=LONGEST => {}
        _ => return Some(Weakness::TooLong),
    }
    let known: Vec<String> = about.iter().flat_map(|text| forms_of(text)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).chain(texts::GUESSED_FIRST.iter().copied()).collect();
    let guessable = personal_number::contains(password) || zxcvbn(password, &known).score() < STRONG;
    guessable.then_some(Weakness::Guessable)
}

/// How a name or a username comes into a password: as it is, each of its words, and all of them run together.
fn forms_of(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut forms = vec![text.to_owned(), words.concat()];
    forms.extend(words.into_iter().map(str::to_owned));
    forms
}

/// The hash of a password, with its salt and parameters.
///
/// # Errors
/// None that the policy's passwords can cause.
pub fn hash(password: &str, salt: [u8; 16]) -> Result<String, AppError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|error| AppError::Internal(error.to_string()))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = hasher.hash_password_with_salt(password.as_bytes(), &salt).map_err(broken)?;
    Ok(hash.to_string())
}

/// Whether this is the password of that hash. Without a hash it is not, and takes as long to say so.
///
/// # Errors
/// Where the hash is none.
pub fn is_right(password: &str, hash: Option<&str>) -> Result<bool, AppError> {
    let compared = PasswordHash::new(hash.unwrap_or(&nobodys())).map_err(broken)?;
    match Argon2::default().verify_password(password.as_bytes(), &compared) {
        Ok(()) => Ok(hash.is_some()),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(broken(error)),
    }
}

/// A hash of no password at the same cost, to be compared with where nobody has the username.
fn nobodys() -> String {
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${output}")
}

/// A strong password that can be read out: `k3xwp-...`.
pub fn generate(ids: &IdSource) -> String {
    let random = ids.bytes::<SIGNS_WANTED>();
    let signs: Vec<char> = random.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = signs.chunks(GROUP).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("a password hash cannot be worked with: {error}"))
}
