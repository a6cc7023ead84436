//! Every class of faults that an overlay can have by itself, in one table: its id and what it is. What it would make of its base is
//! judged by the classes of workflow files. Documentation lists them, and tests ask for a bad file of each.

use crate::workflow::problem::{Class, Severity, classes};

classes! {
    FORMAT = Error "overlay/format" "A format that this program does not read.";
    FILE_NAME = Error "overlay/file-name" "The folder and the file are named otherwise than the workflow, its version, the principal and the version of the overlay.";
    VERSION = Error "overlay/version" "A workflow or a version that is not there, an overlay without a version, or a final one over a draft.";
    GROUND = Error "overlay/ground" "An overlay that rests on no rule, or says nothing.";
    FIXED = Error "overlay/fixed" "It touches what the agreement fixes: a limit, a choice or a form that rests on a rule of it, or the end of a time from which something follows.";
    UNKNOWN_NAME = Error "overlay/unknown-name" "A name that the base does not have.";
    SHADOWS = Error "overlay/shadows" "A field, an option, a heading, a step or a deadline of the base's name.";
    NOT_LOCAL = Error "overlay/not-local" "It reaches beyond local management: to a state where a body has the move or reads the case, to the end, or to a mail to a body.";
    FIELD = Error "overlay/field" "An own field that does more than hold what somebody said: a proposal, a statement for a body, a date of the step.";
    OPTIONS = Error "overlay/options" "Options of a field that is no choice, or by whose values something of the base goes.";
    FORM = Error "overlay/form" "A form asks for a field that is not the overlay's own, requires one that not everybody can give, or is taken by no party.";
    LIMIT = Error "overlay/limit" "A limit that is not shorter than the base's (of the county's own times: no other than it), that no length sets, or that does not say where it comes from.";
    COUNTY = Error "overlay/county" "The county's own times say something else than how long a time is.";
    STEP = Error "overlay/step" "An own step that does more than stay and note own fields: it moves the case, decides, has effects, is not a party's, or writes what is not so.";
    DEADLINE = Error "overlay/deadline" "An own deadline that does more than remind, or reminds without end.";
}
