//! The workflow files that this program is built with.

/// The files: name and text. A newer version is a new line, and so are a plan by which running cases go over to it and an overlay of
/// what is agreed locally over it.
pub const FILES: &[(&str, &str)] = &[
    ("workflows/deviation/1.yaml", include_str!("../../workflows/deviation/1.yaml")),
    ("workflows/deviation/2.yaml", include_str!("../../workflows/deviation/2.yaml")),
    ("workflows/deviation/1-2.yaml", include_str!("../../workflows/deviation/1-2.yaml")),
    ("workflows/deviation/2+falun-1.yaml", include_str!("../../workflows/deviation/2+falun-1.yaml")),
    ("workflows/local-dispute/1.yaml", include_str!("../../workflows/local-dispute/1.yaml")),
    ("workflows/local-dispute/2.yaml", include_str!("../../workflows/local-dispute/2.yaml")),
    ("workflows/local-dispute/2+county-1.yaml", include_str!("../../workflows/local-dispute/2+county-1.yaml")),
    ("workflows/local-dispute/1-2.yaml", include_str!("../../workflows/local-dispute/1-2.yaml")),
    ("workflows/regional-dispute/1.yaml", include_str!("../../workflows/regional-dispute/1.yaml")),
    ("workflows/tip/1.yaml", include_str!("../../workflows/tip/1.yaml")),
];

/// The rules of the agreement: name and text of the file.
pub const RULES: (&str, &str) = ("workflows/rules.yaml", include_str!("../../workflows/rules.yaml"));

/// The digests of the files: name and text of the file.
pub const LOCK: (&str, &str) = ("workflows/digests.lock", include_str!("../../workflows/digests.lock"));
