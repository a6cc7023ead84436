//! The tables of migrations of cases between versions.

diesel::table! {
    migration_plans (digest) {
        digest -> Text,
        name -> Text,
        text -> Text,
    }
}

diesel::table! {
    case_migrations (plan, case_id) {
        plan -> Text,
        case_id -> Text,
        verdict -> Text,
        reasons -> Text,
        revision -> BigInt,
        foreseen_revision -> Nullable<BigInt>,
        person_id -> Text,
        judged_at -> Timestamp,
    }
}
