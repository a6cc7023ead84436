//! The tables that lists and boards are read from.

diesel::table! {
    lists (case_id, shelf) {
        case_id -> Text,
        shelf -> Text,
        standing -> Integer,
        seen_until -> BigInt,
        waiting_since -> Timestamp,
        opened_at -> Timestamp,
        workflow -> Text,
        state -> Text,
        level -> Text,
        category -> Nullable<Text>,
        urgent -> Bool,
        due -> Nullable<Timestamp>,
    }
}

diesel::table! {
    listings (case_id, body_id) {
        case_id -> Text,
        body_id -> Text,
    }
}
