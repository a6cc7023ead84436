//! The tables of signing in that no query joins with others.

diesel::table! {
    sign_ins (id) {
        id -> Text,
        at -> Timestamp,
        person_id -> Nullable<Text>,
        method -> Text,
        outcome -> Text,
    }
}

diesel::table! {
    throttles (key) {
        key -> Text,
        failures -> Integer,
        last_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_attempts (state) {
        state -> Text,
        browser -> Text,
        nonce -> Text,
        verifier -> Text,
        next -> Text,
        begun_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_choices (browser) {
        browser -> Text,
        claimed -> Text,
        next -> Text,
        begun_at -> Timestamp,
    }
}

diesel::table! {
    held_forms (person_id, address) {
        person_id -> Text,
        address -> Text,
        form -> Text,
        kept_at -> Timestamp,
    }
}
