//! What all parts of a package gave: one vocabulary for each application, and which of them a part
//! goes to.

use std::collections::BTreeSet;

use super::super::ledger::Ledger;
use super::super::{Vocabulary, excel, odf, slides, visio, word};
use crate::container::opc::Opc;
use crate::limits::Budget;
use crate::markup::names::Ns;
use crate::markup::xml::Name;
use crate::report::Properties;

/// Whose markup a part is, by its root element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Word,
    Excel,
    Excel2003,
    Odf,
    Visio,
    Slides,
    /// A root that says nothing.
    Any,
}

impl Route {
    pub(super) fn of(root: Name<'_>) -> Route {
        const ROUTES: [(Ns, Route); 6] = [
            (Ns::Word, Route::Word),
            (Ns::Spreadsheet, Route::Excel),
            (Ns::Spreadsheet2003, Route::Excel2003),
            (Ns::Odf, Route::Odf),
            (Ns::Visio, Route::Visio),
            (Ns::Presentation, Route::Slides),
        ];
        let route = ROUTES.iter().find(|(ns, _)| *ns == root.ns);
        route.map_or(Route::Any, |(_, route)| *route)
    }

    /// Whether a part on this route goes to a vocabulary, which is that of `application`.
    fn leads_to(self, application: Route) -> bool {
        match self {
            // Nothing of Excel 2003 XML stands under another root than its own.
            Route::Any => application != Route::Excel2003,
            // Drawings stand in the parts of Word, too.
            Route::Word => matches!(application, Route::Word | Route::Slides),
            Route::Excel | Route::Excel2003 | Route::Odf | Route::Visio | Route::Slides => {
                self == application
            }
        }
    }
}

/// What all parts of a package gave.
pub(super) struct Gathered {
    word: word::Gather,
    pub(super) excel: excel::Gather,
    excel_2003: excel::Gather2003,
    odf: odf::Gather,
    visio: visio::Gather,
    pub(super) slides: slides::Gather,
    pub(super) properties: Properties,
}

impl Gathered {
    /// `is_program` says whether a name is a program that is known for abuse.
    pub(super) fn new(is_program: fn(&str) -> bool) -> Self {
        Gathered {
            word: word::Gather::default(),
            excel: excel::Gather::new(is_program),
            excel_2003: excel::Gather2003::new(is_program),
            odf: odf::Gather::new(is_program),
            visio: visio::Gather::new(is_program),
            slides: slides::Gather::default(),
            properties: Properties::default(),
        }
    }

    /// The vocabularies that a part goes to, and what documents say of themselves.
    pub(super) fn takers(&mut self, route: Route) -> (Vec<&mut dyn Vocabulary>, &mut Properties) {
        let all: [(Route, &mut dyn Vocabulary); 6] = [
            (Route::Word, &mut self.word),
            (Route::Excel, &mut self.excel),
            (Route::Excel2003, &mut self.excel_2003),
            (Route::Odf, &mut self.odf),
            (Route::Visio, &mut self.visio),
            (Route::Slides, &mut self.slides),
        ];
        let takers = all
            .into_iter()
            .filter(|(application, _)| route.leads_to(*application));
        let takers = takers.map(|(_, vocabulary)| vocabulary);
        (takers.collect(), &mut self.properties)
    }

    /// Turns everything into links. Relationships that a link explains are added to `claimed`.
    pub(super) fn resolve(
        &mut self,
        opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        let all: [&mut dyn Vocabulary; 6] = [
            &mut self.word,
            &mut self.excel,
            &mut self.excel_2003,
            &mut self.odf,
            &mut self.visio,
            &mut self.slides,
        ];
        for vocabulary in all {
            vocabulary.resolve(opc, budget, ledger, claimed);
        }
    }
}
