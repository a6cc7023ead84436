//! The tables of signing in: accounts, sessions, tries.

diesel::table! {
    accounts (person_id) {
        person_id -> Text,
        username -> Text,
        password_hash -> Text,
        created_at -> Timestamp,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        person_id -> Text,
        hash -> Text,
        method -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        principal_id -> Nullable<Text>,
        commission -> Nullable<Text>,
    }
}

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
