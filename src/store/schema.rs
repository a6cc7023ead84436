//! The tables, as diesel sees them. Kept like `migrations/`; a test compares.

mod migrations;
mod shelves;
mod sign_in;

pub use migrations::*;
pub use shelves::*;
pub use sign_in::*;

diesel::table! {
    closing_days (day) {
        day -> Date,
        name -> Text,
        taken_back -> Bool,
        changed_at -> Timestamp,
        recounted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    principals (id) {
        id -> Text,
        code -> Text,
        name -> Text,
        kind -> Text,
        series -> Text,
        hsa_id -> Nullable<Text>,
    }
}

diesel::table! {
    authorities (id) {
        id -> Text,
        principal_id -> Text,
        name -> Text,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        hsa_id -> Nullable<Text>,
    }
}

diesel::table! {
    units (id) {
        id -> Text,
        principal_id -> Text,
        authority_id -> Nullable<Text>,
        name -> Text,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        hsa_id -> Nullable<Text>,
    }
}

diesel::table! {
    bodies (id) {
        id -> Text,
        name -> Text,
    }
}

diesel::table! {
    agreement_versions (agreement_id, version) {
        agreement_id -> Text,
        version -> Text,
        title -> Text,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
    }
}

diesel::table! {
    persons (id) {
        id -> Text,
        name -> Text,
        email -> Nullable<Text>,
        hsa_id -> Nullable<Text>,
        disabled_at -> Nullable<Timestamp>,
        digest -> Bool,
    }
}

diesel::table! {
    memberships (id) {
        id -> Text,
        person_id -> Text,
        role -> Text,
        title -> Nullable<Text>,
        principal_id -> Nullable<Text>,
        authority_id -> Nullable<Text>,
        unit_id -> Nullable<Text>,
        body_id -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        delegation -> Nullable<Text>,
    }
}

diesel::table! {
    tokens (id) {
        id -> Text,
        person_id -> Text,
        hash -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    definitions (digest) {
        digest -> Text,
        workflow -> Text,
        version -> Integer,
        text -> Text,
        text_hash -> Text,
    }
}

diesel::table! {
    publications (id) {
        id -> Text,
        workflow -> Text,
        version -> Integer,
        definition -> Text,
        agreement_id -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        published_at -> Timestamp,
        principal_id -> Nullable<Text>,
        local_version -> Nullable<Integer>,
    }
}

diesel::table! {
    series (name, year) {
        name -> Text,
        year -> Integer,
        last -> Integer,
    }
}

diesel::table! {
    cases (id) {
        id -> Text,
        number -> Text,
        workflow -> Text,
        version -> Integer,
        definition -> Text,
        state -> Text,
        outcome -> Nullable<Text>,
        revision -> BigInt,
        category -> Nullable<Text>,
        urgent -> Bool,
        opened_at -> Timestamp,
        since -> Timestamp,
        snapshot -> Text,
    }
}

diesel::table! {
    parties (case_id, principal_id, from_entry) {
        case_id -> Text,
        side -> Text,
        principal_id -> Text,
        authority_id -> Nullable<Text>,
        unit_id -> Nullable<Text>,
        from_entry -> BigInt,
        until_entry -> Nullable<BigInt>,
    }
}

diesel::table! {
    links (case_id, relation, other_id) {
        case_id -> Text,
        relation -> Text,
        other_id -> Text,
    }
}

diesel::table! {
    visibility (case_id, room, reader, from_entry) {
        case_id -> Text,
        room -> Text,
        reader -> Text,
        from_entry -> BigInt,
        until_entry -> Nullable<BigInt>,
    }
}

diesel::table! {
    chains (case_id, room) {
        case_id -> Text,
        room -> Text,
        length -> BigInt,
        head -> Text,
    }
}

diesel::table! {
    entries (case_id, room, n) {
        case_id -> Text,
        room -> Text,
        n -> BigInt,
        kind -> Text,
        transition -> Nullable<Text>,
        person_id -> Nullable<Text>,
        recorded_at -> Timestamp,
        document -> Text,
        hash -> Text,
    }
}

diesel::table! {
    texts (case_id, room, n, path) {
        case_id -> Text,
        room -> Text,
        n -> BigInt,
        path -> Text,
        salt -> Nullable<Text>,
        text -> Nullable<Text>,
    }
}

diesel::table! {
    deadlines (case_id, name) {
        case_id -> Text,
        name -> Text,
        generation -> Integer,
        due -> Date,
        runs_out -> Timestamp,
        wake_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    reminders (case_id, deadline, generation, step, round, person_id) {
        case_id -> Text,
        deadline -> Text,
        generation -> Integer,
        step -> Integer,
        round -> Integer,
        person_id -> Text,
        planned_at -> Timestamp,
        recorded_at -> Timestamp,
        outbox_id -> Nullable<Text>,
        digest -> Nullable<Text>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        dedupe -> Text,
        person_id -> Text,
        case_id -> Nullable<Text>,
        template -> Text,
        content -> Text,
        status -> Text,
        created_at -> Timestamp,
        next_at -> Nullable<Timestamp>,
        attempts -> Integer,
        leased_by -> Nullable<Text>,
        leased_until -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        error -> Nullable<Text>,
        answers -> Nullable<Text>,
        deadline -> Nullable<Text>,
        generation -> Nullable<Integer>,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        until -> Timestamp,
        last_run -> Nullable<Timestamp>,
    }
}

diesel::table! {
    drafts (id) {
        id -> Text,
        person_id -> Text,
        principal_id -> Text,
        workflow -> Text,
        start -> Text,
        content -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    commands (person_id, key) {
        person_id -> Text,
        key -> Text,
        request -> Text,
        status -> Integer,
        response -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    facts (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    held_forms (person_id, principal_id, address) {
        person_id -> Text,
        principal_id -> Text,
        address -> Text,
        form -> Text,
        kept_at -> Timestamp,
    }
}

diesel::table! {
    reads (id) {
        id -> Text,
        person_id -> Text,
        role -> Text,
        place -> Text,
        case_id -> Text,
        what -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    documents (id) {
        id -> Text,
        case_id -> Text,
        room -> Text,
        n -> BigInt,
        salt -> Nullable<Text>,
        bytes -> Nullable<Binary>,
    }
}

diesel::table! {
    absences (id) {
        id -> Text,
        person_id -> Text,
        from_day -> Date,
        until_day -> Date,
        substitute_id -> Text,
        reason -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    feeds (person_id) {
        person_id -> Text,
        hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    changes (id) {
        id -> Text,
        at -> Timestamp,
        person_id -> Text,
        principal_id -> Nullable<Text>,
        kind -> Text,
        subject -> Text,
        details -> Text,
    }
}

diesel::joinable!(outbox -> persons (person_id));
diesel::joinable!(outbox -> cases (case_id));
diesel::joinable!(memberships -> persons (person_id));
diesel::joinable!(tokens -> persons (person_id));
diesel::joinable!(sessions -> persons (person_id));
diesel::joinable!(accounts -> persons (person_id));
diesel::joinable!(feeds -> persons (person_id));
diesel::joinable!(reads -> persons (person_id));
diesel::joinable!(reads -> cases (case_id));

// In braces, so that the list stays short.
diesel::allow_tables_to_appear_in_same_query! {
    principals, authorities, units, bodies, agreement_versions, persons, memberships, tokens, definitions, series,
    cases, parties, links, visibility, chains, entries, texts, deadlines, reminders, outbox, leases, drafts, commands,
    facts, accounts, sessions, sign_ins, throttles, lists, listings, held_forms, sign_in_attempts, sign_in_choices,
    absences, changes, documents, reads, feeds, publications, migration_plans, case_migrations,
}
