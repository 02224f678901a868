//! Reports in the formats of other programs: one file for all documents, written at the end.
//!
//! SARIF has a place for a path that could not be read; the others have none, and it is said on
//! standard error.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use ddetect::Report;
use ddetect::export::{Created, Misp, Sigma, Stix};

use crate::scan::{Printer, Shortened};
use crate::{complain, json};

/// The time of this run. What builds reproducibly gives it in `SOURCE_DATE_EPOCH`
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub(crate) fn now() -> Result<Created, String> {
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(given) => given
            .parse()
            .map_err(|error| format!("SOURCE_DATE_EPOCH is '{given}': {error}"))?,
        // Before 1970 the clock is not set.
        Err(_) => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
    };
    Ok(Created::from_unix(seconds))
}

pub(crate) fn sigma(now: Created) -> Box<dyn Printer> {
    Box::new(Collected {
        all: Sigma::new(now),
        add: |sigma, report| sigma.add(report),
        write: |sigma, out| write!(out, "{sigma}"),
    })
}

pub(crate) fn stix(now: Created) -> Box<dyn Printer> {
    Box::new(Collected {
        all: Stix::new(now),
        add: |stix, report| stix.add(report),
        write: |stix, out| json::pretty(out, stix),
    })
}

pub(crate) fn misp(now: Created) -> Box<dyn Printer> {
    Box::new(Collected {
        all: Misp::new(now),
        add: |misp, report| misp.add(report),
        write: |misp, out| json::pretty(out, misp),
    })
}

/// What gathers all reports and is written at the end.
struct Collected<T> {
    all: T,
    add: fn(&mut T, &Report),
    write: fn(&T, &mut dyn Write) -> io::Result<()>,
}

impl<T> Printer for Collected<T> {
    fn report(
        &mut self,
        _out: &mut dyn Write,
        report: &Report,
        _shortened: Option<Shortened>,
    ) -> io::Result<()> {
        (self.add)(&mut self.all, report);
        Ok(())
    }

    fn unreadable(&mut self, _out: &mut dyn Write, name: &str, error: &str) -> io::Result<()> {
        let name = ddetect::Escaped::new(name);
        complain(format_args!("cannot read {name}: {error}"));
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        (self.write)(&self.all, out)
    }
}

/// The printer of SARIF.
#[derive(Default)]
pub(crate) struct Sarif(ddetect::export::Sarif);

impl Printer for Sarif {
    fn report(
        &mut self,
        _out: &mut dyn Write,
        report: &Report,
        _shortened: Option<Shortened>,
    ) -> io::Result<()> {
        self.0.add(report);
        Ok(())
    }

    fn unreadable(&mut self, _out: &mut dyn Write, name: &str, error: &str) -> io::Result<()> {
        self.0.unreadable(name, error);
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        json::pretty(out, &self.0)
    }
}
