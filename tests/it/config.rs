//! The settings, and all that can be wrong with them; and the log's filter.

use std::net::SocketAddr;
use std::path::Path;

use samsyn::config::Config;
use samsyn::telemetry;

fn config(variables: &[(&str, &str)]) -> Config {
    Config::from_vars(variables.iter().copied()).unwrap()
}

fn problems(variables: &[(&str, &str)]) -> Vec<String> {
    Config::from_vars(variables.iter().copied()).unwrap_err().0
}

#[test]
fn nothing_set_runs_on_this_machine() {
    let config = config(&[("PATH", "/bin"), ("HOME", "")]);
    assert_eq!(config.database_url, None);
    assert_eq!(config.listen, "127.0.0.1:8080".parse::<SocketAddr>().unwrap());
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert!(config.smtp.is_none());
    assert_eq!(config.mail_from.to_string(), "samsyn <samsyn@localhost>");
    assert_eq!(config.mail_dir, Path::new("samsyn-mail"));
    assert_eq!(config.office_hours.to_string(), "07:00-17:00");
    assert_eq!((config.log.as_str(), config.log_json), ("info", false));
}

#[test]
fn everything_set_is_read_and_no_secret_shown() {
    let config = config(&[
        ("DATABASE_URL", "postgres://samsyn:hemligt@db.example/samsyn"),
        ("SAMSYN_LISTEN", "[::1]:9000"),
        ("SAMSYN_PUBLIC_URL", "https://dalarna.example/samsyn/"),
        ("SAMSYN_SMTP_URL", "smtps://samsyn:hemligt@mail.example"),
        ("SAMSYN_MAIL_FROM", "Samsyn i Dalarna <samsyn@dalarna.example>"),
        ("SAMSYN_MAIL_DIR", "/var/spool/samsyn"),
        ("SAMSYN_OFFICE_HOURS", "08:30-16:00"),
        ("SAMSYN_BOUNCE_MAILDIR", "/var/mail/samsyn"),
        ("SAMSYN_LOG", "warn,samsyn=debug"),
        ("SAMSYN_LOG_FORMAT", "json"),
    ]);
    assert_eq!(config.database_url.as_deref(), Some("postgres://samsyn:hemligt@db.example/samsyn"));
    assert_eq!(config.public_url, "https://dalarna.example/samsyn");
    assert_eq!(config.smtp.as_ref().unwrap().to_string(), "smtps://mail.example");
    assert_eq!(config.office_hours.to_string(), "08:30-16:00");
    assert_eq!(config.bounce_maildir.as_deref(), Some(Path::new("/var/mail/samsyn")));
    assert_eq!((config.log.as_str(), config.log_json), ("warn,samsyn=debug", true));
    let shown = format!("{config:?}");
    assert!(!shown.contains("hemligt"), "{shown}");
}

#[test]
fn all_problems_are_told_at_once_without_secrets() {
    let told = problems(&[
        ("DATABASE_URL", " "),
        ("SAMSYN_LISTEN", "localhost:8080"),
        ("SAMSYN_PUBLIC_URL", "dalarna.example"),
        ("SAMSYN_SMTP_URL", "smpt://samsyn:hemligt@mail.example"),
        ("SAMSYN_MAIL_FROM", "samsyn"),
        ("SAMSYN_MAIL_DIR", ""),
        ("SAMSYN_OFFICE_HOURS", "17-7"),
        ("SAMSYN_LOG_FORMAT", "xml"),
        ("SAMSYN_LSITEN", "0.0.0.0:80"),
    ]);
    insta::assert_snapshot!(told.join("\n"), @r"
    DATABASE_URL: empty; remove it or set it
    SAMSYN_LISTEN: `localhost:8080` is not an address with a port, such as 127.0.0.1:8080 or [::1]:8080
    SAMSYN_LOG_FORMAT: `xml` is neither text nor json
    SAMSYN_LSITEN: there is no such setting; there are DATABASE_URL, SAMSYN_LISTEN, SAMSYN_PUBLIC_URL, SAMSYN_PROXY, SAMSYN_SMTP_URL, SAMSYN_MAIL_FROM, SAMSYN_MAIL_DIR, SAMSYN_OFFICE_HOURS, SAMSYN_BOUNCE_MAILDIR, SAMSYN_OPERATOR_EMAIL, SAMSYN_METRICS_ADDRESS, SAMSYN_OIDC_ISSUER, SAMSYN_OIDC_CLIENT_ID, SAMSYN_OIDC_CLIENT_SECRET, SAMSYN_OIDC_NAME, SAMSYN_OIDC_SCOPES, SAMSYN_LOG, SAMSYN_LOG_FORMAT
    SAMSYN_MAIL_DIR: empty; remove it or set it
    SAMSYN_MAIL_FROM: not a sender in ASCII, such as samsyn@region.example or samsyn <samsyn@region.example>
    SAMSYN_OFFICE_HOURS: not office hours: write from when until when on the same day, an hour at least, such as 07:00-17:00, or `always`
    SAMSYN_PUBLIC_URL: not the beginning of a link, such as https://samsyn.example or https://example/samsyn
    SAMSYN_SMTP_URL: the scheme is neither smtp nor smtps
    ");
}

#[test]
fn a_sign_in_service_is_configured_whole_or_not_at_all() {
    let whole = [
        ("SAMSYN_OIDC_ISSUER", "https://idp.example/realms/samsyn"),
        ("SAMSYN_OIDC_CLIENT_ID", "samsyn"),
        ("SAMSYN_OIDC_CLIENT_SECRET", "hemligt"),
    ];
    let given = config(&whole);
    let shown = format!("{given:?}");
    let service = given.oidc.unwrap();
    assert_eq!(
        (service.name.as_str(), service.scopes.as_slice()),
        ("tjänstelegitimation", ["profile".to_owned()].as_slice())
    );
    assert!(shown.contains("idp.example") && !shown.contains("hemligt"), "{shown}");
    let named =
        config(&[&whole[..], &[("SAMSYN_OIDC_NAME", "SITHS"), ("SAMSYN_OIDC_SCOPES", "openid profile hsa")]].concat());
    let named = named.oidc.unwrap();
    assert_eq!((named.name.as_str(), named.scopes.join(" ").as_str()), ("SITHS", "profile hsa"));
    for missing in 0..3 {
        let half: Vec<_> = whole.into_iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, pair)| pair).collect();
        let told = problems(&half);
        assert!(told.len() == 1 && told[0].starts_with(whole[missing].0) && !told[0].contains("hemligt"), "{told:?}");
    }
    assert_eq!(problems(&[("SAMSYN_OIDC_NAME", "SITHS")]).len(), 3);
}

#[test]
fn a_sign_in_service_is_asked_over_https_but_on_this_machine() {
    let issuer = |address: &str| {
        let others = [("SAMSYN_OIDC_CLIENT_ID", "samsyn"), ("SAMSYN_OIDC_CLIENT_SECRET", "hemligt")];
        Config::from_vars([&others[..], &[("SAMSYN_OIDC_ISSUER", address)]].concat())
    };
    for good in ["https://idp.example", "http://127.0.0.1:9000", "http://localhost:9000/", "http://[::1]:9000"] {
        assert_eq!(issuer(good).unwrap().oidc.unwrap().issuer, good, "byte for byte");
    }
    for bad in [
        "http://idp.example",
        "idp.example",
        "https://u:p@idp.example",
        "https://idp.example/?a",
        "http://localhost.example",
    ] {
        assert_eq!(issuer(bad).unwrap_err().0.len(), 1, "{bad}");
    }
}

#[test]
fn a_link_begins_with_http_and_a_host() {
    for bad in ["ftp://example.se", "https://", "https://u:p@example.se", "https://example.se/?a=b", "https://e.se#x"] {
        assert_eq!(problems(&[("SAMSYN_PUBLIC_URL", bad)]).len(), 1, "{bad}");
    }
}

#[cfg(unix)]
#[test]
fn a_setting_that_is_no_text_is_a_problem() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let odd = OsString::from_vec(vec![b'a', 0xff]);
    let told = Config::from_vars([("SAMSYN_MAIL_DIR", odd.clone())]).unwrap_err();
    assert_eq!(told.to_string(), "SAMSYN_MAIL_DIR: not UTF-8");
    assert!(Config::from_vars([(odd, "x")]).is_ok(), "not ours");
}

#[test]
fn the_log_wants_levels() {
    for bad in ["", "inof", "info,", "info,samsyn", "samsyn=loud", "warn,samsyn=debug,x"] {
        let error = telemetry::init(bad, false).unwrap_err();
        assert!(matches!(error, telemetry::TelemetryError::Filter(_)), "{bad}");
    }
}
