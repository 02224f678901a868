//! Packages: members of a zip archive or of one XML file, handed whole to the reader of their
//! markup.

use std::cell::Cell;
use std::io::BufRead;

use super::{Examined, Stage};
use crate::command;
use crate::container::opc::{self, Opc};
use crate::container::zip::Listing;
use crate::container::{Member, flat, zip};
use crate::format::ledger::Ledger;
use crate::format::ooxml;
use crate::gap::GapKind;
use crate::identify::{self, Disposition, Format, Identity};
use crate::location::Location;

impl Stage<'_> {
    /// Analyses a zip archive: an OOXML package or any other.
    pub(super) fn package(
        &self,
        data: &[u8],
        location: &Location,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let mut listing = zip::list(data, ledger.passwords(), self.budget);
        listing.members = opc::join(listing.members, self.budget);
        let opc = Opc::read(data, &listing.members, self.budget);
        if listing.panicked {
            let detail = "the zip reader panicked";
            ledger.gap(GapKind::Internal, location.clone(), detail);
        }
        if listing.headless {
            let detail = "the archive has no central directory: entries may be missing";
            ledger.gap(GapKind::Damaged, location.clone(), detail);
        }
        if let Some(cause) = listing.exhausted {
            ledger.exhausted(cause, location.clone());
        } else if listing.members.is_empty() && data.len() > EMPTY_ZIP {
            let detail = "an archive in which no entry is found";
            ledger.gap(GapKind::Damaged, location.clone(), detail);
        }
        let mimetype = self.mimetype(data, &listing);
        let format = self.kind_of(
            &listing.members,
            mimetype.as_deref(),
            &opc,
            location,
            ledger,
        );
        // A document that is cut off may show nothing of what it is.
        if format != Format::Zip || !listing.headless {
            ledger.turns_out(format);
        }
        let package = ooxml::Package {
            data,
            members: &listing.members,
            is_flat: false,
            surroundings: &[],
            techniques: &listing.techniques,
            opc: &opc,
            location,
            is_document: !matches!(format, Format::Zip | Format::Other),
            is_program: command::is_program,
        };
        let (properties, ended) = ooxml::read(&package, self.budget, ledger);
        self.budget
            .release_live(listing.live.saturating_add(opc.live));
        Examined {
            format,
            properties,
            ended,
            held: 0,
        }
    }

    /// What a package is by what it declares. Kinds that are not read are gaps.
    fn kind_of(
        &self,
        members: &[Member],
        mimetype: Option<&[u8]>,
        opc: &Opc,
        location: &Location,
        ledger: &mut Ledger<'_>,
    ) -> Format {
        let types = opc.main_content_types();
        let could_be = identify::identify_package(members, mimetype, &types);
        for identity in &could_be {
            if let Disposition::Unsupported(name) = identity.disposition {
                ledger.gap(GapKind::Unsupported, location.clone(), name);
            }
        }
        could_be
            .first()
            .map_or(Format::Zip, |identity| identity.format)
    }

    /// Analyses a package or a document in one XML file.
    pub(super) fn flat(
        &self,
        identity: &Identity,
        kind: flat::Kind,
        data: &[u8],
        location: &Location,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let mut listing = flat::list(data, kind, self.budget);
        let around = &listing.surroundings;
        let mut opc = Opc::read_within(data, &listing.members, around, self.budget);
        opc.declare(std::mem::take(&mut listing.content_types));
        if let Some(cause) = listing.exhausted {
            ledger.exhausted(cause, location.clone());
        }
        if kind == flat::Kind::Package {
            self.kind_of(&listing.members, None, &opc, location, ledger);
        }
        let package = ooxml::Package {
            data,
            members: &listing.members,
            is_flat: true,
            surroundings: &listing.surroundings,
            techniques: &[],
            opc: &opc,
            location,
            is_document: true,
            is_program: command::is_program,
        };
        let (properties, ended) = ooxml::read(&package, self.budget, ledger);
        self.budget
            .release_live(listing.live.saturating_add(opc.live));
        Examined {
            format: identity.format,
            properties,
            ended,
            held: 0,
        }
    }

    /// The member that names the media type of an OpenDocument file.
    fn mimetype(&self, data: &[u8], listing: &Listing) -> Option<Vec<u8>> {
        let mut members = listing.members.iter();
        let member = members.find(|member| member.name == "mimetype")?;
        let outcome = Cell::new(None);
        let mut reader = member.source.open(data, self.budget, &outcome);
        let block = reader.fill_buf().unwrap_or_default();
        Some(
            block
                .get(..block.len().min(MIMETYPE))
                .unwrap_or_default()
                .to_vec(),
        )
    }
}

/// How a format in one XML file is listed; `None` for formats of another shape.
pub(super) fn flat_kind(format: Format) -> Option<flat::Kind> {
    let document = [
        Format::ExcelXml2003,
        Format::Odf,
        Format::Odp,
        Format::Ods,
        Format::Odt,
        Format::Visio,
        Format::WordXml2003,
    ];
    if format == Format::FlatOpc {
        Some(flat::Kind::Package)
    } else {
        document.contains(&format).then_some(flat::Kind::Document)
    }
}

/// Bytes of a zip archive without entries: its end record (APPNOTE 4.3.16).
const EMPTY_ZIP: usize = 22;
/// Bytes of a media type that are looked at.
const MIMETYPE: usize = 256;
