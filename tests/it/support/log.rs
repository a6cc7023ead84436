//! The program's log, as the tests of this process make it.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

/// What was logged so far by the tests of this process, everything down to the smallest.
pub fn logged() -> String {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    static LINES: LazyLock<Lines> = LazyLock::new(|| {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        log.with_writer(move || writer.clone()).init();
        lines
    });
    String::from_utf8(LINES.0.lock().unwrap().clone()).unwrap()
}
