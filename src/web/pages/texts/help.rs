//! The pages that hold nothing but text, whole: help for whoever registers and answers, and the accessibility statement
//! that lag (2018:1937) asks of public bodies.

use maud::{Markup, html};

/// Help, written for a MAS.
pub fn help() -> Markup {
    html! {
        h1 { (super::HELP) }
        p .lead { "samsyn är till för det som brister mellan regionen och en kommun: när den ena ser att den andra inte gör sin del." }
        section {
            h2 { "Registrera en avvikelse" }
            ol {
                li { "Välj " strong { "Registrera" } " och vem avvikelsen riktas till." }
                li { "Beskriv vad som hände, inte vem det gällde. Inga namn och inga personnummer: systemet tar inte emot dem." }
                li { "Skriv så att mottagaren hittar händelsen: plats, dag, tid, och vem hos er som kan svara på frågor. Identiteten lämnas utanför systemet." }
                li { "Varje del sparas som utkast. Du kan avbryta och fortsätta senare, under " strong { "Utkast" } "." }
                li { "När du har skickat får du ett ärendenummer och ser vem som har ärendet nu." }
            }
            p { strong { "Är det akut?" } " Ring 112 eller den ansvariga verksamheten. samsyn är ingen väg för larm." }
        }
        section {
            h2 { "Vad händer sedan?" }
            p { "Mottagaren tar emot, fördelar och svarar. Du ser hela tiden var ärendet är, vems tur det är och till när. Läs svaret, avsluta, och följ upp om det hjälpte." }
            p { "Är ni oense kan tjänsteledningen väcka en tvist ur avvikelsen. Den går då stegvis uppåt: tjänsteledningarna, Länschefsnätverket, Välfärdsrådet. Ingenting går vidare av sig självt, och tystnad är inget medgivande." }
        }
        section {
            h2 { "Vem läser vad?" }
            p { "Det som står i ärendet läser båda parter. Det som är märkt " em { "Läses bara av er egen organisation" } " ser den andra parten aldrig. Ett organ högre upp ser bara det yttrande som skrivits för det." }
        }
        section {
            h2 { "När du är borta" }
            p { "Klicka på ditt namn och välj " strong { "Anmäl frånvaro" } ". Den som du anger som ersättare gör ditt arbete i ditt ställe de dagarna och får dina mejl. I ärendet står vem som har gjort vad, och för vem. Ersättaren kan inte godkänna det som du själv har skrivit." }
        }
        section {
            h2 { "Mejl" }
            p { "Mejlen säger bara nummer, läge och tid, och har en länk hit. De går ut i kontorstid på arbetsdagar, till den vars tur det är." }
            p { "Klicka på ditt namn för att välja hur du får påminnelser: ett mejl för varje, eller samlade i ett mejl på morgonen. Det samlade mejlet visar det nya först, och sedan det som du redan har påmints om. Det som är brådskande, ska göras i dag eller har passerat sista dagen får du alltid ett eget mejl om." }
        }
        section {
            h2 { "När tiden vilar" }
            p { "Ibland måste ett ärende vänta. Då kan den vars tid det gäller låta tidsfristen vila, med ett skäl och till en viss dag. Ärendet säger hur länge det får vara i allt. Tiden som vilar räknas inte: sista dagen flyttas fram lika långt, och inga påminnelser om den går ut så länge. Tiden går igen när dagen är över, eller tidigare om någon avslutar vilan. Båda parter ser skälet och den nya dagen." }
        }
        section {
            h2 { "Tidsfrister i din kalender" }
            p { "På sidan med ditt namn kan du skapa en egen adress som ditt kalenderprogram hämtar dina tidsfrister från. Där står ärendets nummer, typ och tidsfrist, och inget som någon har skrivit. Den som har adressen kan läsa kalendern utan att logga in: ge den inte till någon. Byt adressen eller ta bort den när du vill; då slutar den gamla att gälla." }
        }
    }
}

/// The accessibility statement: what holds, what was tested how, and what was not.
pub fn accessibility() -> Markup {
    html! {
        h1 { "Tillgänglighetsredogörelse" }
        p .lead { "Den som driver samsyn hos er ansvarar för tillgängligheten enligt lagen (2018:1937) om tillgänglighet till digital offentlig service. Här står vad programmet självt klarar." }
        section {
            h2 { "Hur tillgängligt är samsyn?" }
            p { "Sidorna är byggda för att följa WCAG 2.2 på nivå AA. De fungerar utan JavaScript, med bara tangentbord, i 320 bildpunkters bredd och med förstorad text, i ljust och mörkt läge." }
        }
        section {
            h2 { "Vad är inte visat?" }
            p { "Sidorna har inte prövats tillsammans med användare av skärmläsare, förstoringsprogram eller röststyrning. Texterna i ärendena skriver användarna själva; de kan vara svåra att läsa." }
        }
        section {
            h2 { "Säg till om något inte fungerar" }
            p { "Kontakta den som ansvarar för systemet i din organisation. Är du inte nöjd med svaret kan du anmäla det till Myndigheten för digital förvaltning, Digg." }
        }
    }
}
