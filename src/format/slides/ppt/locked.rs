//! In place of `unlock`, in builds without ciphers: nothing opens.

use super::Edit;
use crate::container::Coding;
use crate::container::cfb::View;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

/// An encrypted presentation that a password opened: there is none.
pub(super) struct Opened {
    pub(super) technique: TechniqueId,
    pub(super) overlaps: bool,
}

impl Opened {
    pub(super) fn find(
        _view: &View<'_>,
        edit: &Edit,
        _passwords: &Passwords,
        budget: &Budget<'_>,
    ) -> Result<Option<Self>, Exhausted> {
        let _named = edit.offset;
        budget.check_stop().map(|()| None)
    }

    pub(super) fn clear(
        &mut self,
        view: &View<'_>,
        budget: &Budget<'_>,
    ) -> Result<View<'static>, Exhausted> {
        view.copy(0..view.length(), budget).map(View::holding)
    }

    pub(super) fn coding(&self, _at: usize, _deflated: bool) -> Option<Coding> {
        None
    }

    pub(super) fn close(self, budget: &Budget<'_>) {
        budget.release_live(0);
    }
}
