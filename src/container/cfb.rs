pub(crate) struct Cfb;
