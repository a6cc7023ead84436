//! Why what an administrator typed, or somebody about her absence, is not taken.

/// An authority of another principal.
pub const AUTHORITY: &str = "Välj en myndighet hos huvudmannen, eller ingen.";
/// No first day.
pub const FROM_DAY: &str = "Ange den första dagen.";
/// No last day.
pub const NO_UNTIL_DAY: &str = "Ange den sista dagen.";
/// A last day before the first.
pub const UNTIL_BEFORE_FROM: &str = "Den sista dagen kan inte vara före den första.";
/// A last day before the first, or past.
pub const UNTIL_DAY: &str = "Den sista dagen ska vara i dag eller senare, och inte före den första.";
/// A unit is closed that has cases.
pub const CONFIRM: &str =
    "Öppna ärenden är fördelade till enheten. Kryssa i att den ska stängas ändå, eller fördela om dem först.";
/// The last day of a role.
pub const LAST_DAY: &str = "Ange rollens sista dag: tidigast i går, och inte före dess första.";
/// No role.
pub const ROLE: &str = "Välj en roll.";
/// No place.
pub const PLACE: &str = "Välj var rollen gäller.";
/// A role of units.
pub const AT_UNIT: &str = "Den rollen har man på en enhet. Välj en enhet.";
/// A role of principals.
pub const AT_PRINCIPAL: &str = "Den rollen har man hos en huvudman. Välj en huvudman eller en enhet hos den.";
/// A role of bodies.
pub const FOR_BODY: &str = "Den rollen har man för ett organ. Välj ett organ.";
/// An administrator's place.
pub const ADMINISTERS: &str = "En systemadministratör har rollen hos en huvudman eller för hela länet.";
/// A role for a time.
pub const TERM: &str = "Rollen ges för högst 366 dagar åt gången: ange sista dagen.";
/// She has it.
pub const HELD: &str = "Personen har redan rollen där under de dagarna.";
/// Seats on both sides of what bodies decide.
pub const APART: &str = "En nätverkssekreterare har ingen roll hos en huvudman samtidigt: hon ser ingen parts rum.";
/// A unit that is closed then.
pub const CLOSED: &str = "Enheten finns inte under de dagarna.";
/// Her own role.
pub const SELF: &str = "Ingen ger sig själv en roll. Be en annan systemadministratör.";
/// Her own account.
pub const OWN_ACCOUNT: &str = "Ingen stänger sin egen inloggning. Be en annan systemadministratör.";
/// A long line.
pub const LONG_LINE: &str = "Skriv högst 200 tecken.";
/// Several lines.
pub const ONE_LINE: &str = "Skriv på en rad, utan styrtecken.";
/// No name.
pub const NAME: &str = "Ange ett namn.";
/// No mail address.
pub const ADDRESS: &str = "Skriv en e-postadress, som namn@exempel.se.";
/// A last day of an absence.
pub const ABSENCE_UNTIL: &str =
    "Den sista dagen ska vara i dag eller senare, inte före den första, och inom ett år från den.";
/// No cause.
pub const CAUSE: &str = "Välj vad frånvaron beror på.";
/// Two absences at once.
pub const OVERLAPS: &str = "Det finns redan en frånvaro under de dagarna. Avsluta den först.";
/// Nobody who can.
pub const SUBSTITUTE: &str =
    "Välj en ersättare hos samma huvudman, som då har en roll där och inte handlägger någon annanstans.";

/// What an HSA id looks like.
pub const HSA_ID_SHAPE: &str =
    "Skriv ett HSA-id, som SE2321000180-1A2B: SE, siffror, bindestreck, bokstäver och siffror.";
/// Somebody has it whom the reader may not know.
pub const HSA_ID_TAKEN: &str = "HSA-id:t hör redan till en annan person i systemet.";

/// Somebody has it.
pub fn hsa_id_of(name: &str) -> String {
    format!("HSA-id:t hör redan till {name}.")
}
/// A closing day's date.
pub const CLOSING_DAY: &str = "Ange dagen.";
/// A closing day that has been.
pub const CLOSING_DAY_TO_COME: &str = "Välj en dag som kommer: tidsfrister räknas inte om bakåt.";
/// A closing day that is one.
pub const CLOSING_DAY_KNOWN: &str = "Dagen finns redan.";
/// A closing day that is a holiday or in a weekend.
pub const CLOSING_DAY_OFF: &str = "Dagen är redan ledig: helgdag, lördag eller söndag.";
