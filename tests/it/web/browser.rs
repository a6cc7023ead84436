//! A browser without a screen: keeps its cookies, reads what a form hides, sends forms as browsers send them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use actix_web::http::Method;
use samsyn::store;

use super::api::{Answer, Api, Ask};

/// Somebody at a browser.
pub struct Browser<'a> {
    api: &'a Api,
    pub cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    /// Nobody in particular.
    pub fn of(api: &'a Api) -> Browser<'a> {
        Browser { api, cookies: RefCell::default() }
    }

    /// Somebody who is signed in, as in the demonstration.
    pub fn signed_in(api: &'a Api, person: &str) -> Browser<'a> {
        // Once is enough; the second time the fact is there.
        let _ = api.test.app.store.write(|db| store::note_fact(db, store::DEMONSTRATION, "1"));
        let browser = Browser::of(api);
        browser.send("/sign-in/demo", &[("person", person)]).expect(303);
        browser
    }

    fn ask(&self, method: Method, address: &str) -> Ask {
        let ask = self.api.anonymous(&method, address);
        let cookies = self.cookies.borrow();
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { ask } else { ask.header("Cookie", &pairs.join("; ")) }
    }

    fn keep(&self, answer: Answer) -> Answer {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => drop(self.cookies.borrow_mut().remove(name)),
                false => drop(self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned())),
            }
        }
        answer
    }

    pub fn get(&self, address: &str) -> Answer {
        self.keep(self.ask(Method::GET, address).send())
    }

    /// Sends these fields and no others, from a page of ours.
    pub fn send(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_from("same-origin", address, fields)
    }

    pub fn send_from(&self, site: &str, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let ask = self.ask(Method::POST, address).header("Sec-Fetch-Site", site);
        self.keep(ask.body("application/x-www-form-urlencoded", body).send())
    }

    /// Fills in the form of a page and sends it, with what the form hides.
    pub fn fill(&self, page: &Answer, address: &str, fields: &[(&str, &str)]) -> Answer {
        let hidden = hidden(&page.body, address);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.send(address, &hidden.chain(fields.iter().copied()).collect::<Vec<_>>())
    }

    /// Opens a page and sends its form with a file of this name, as browsers send one.
    pub fn upload(&self, address: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
        let page = self.get(address).expect(200);
        let hidden = hidden(&page.body, address);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.send_file(address, &hidden.chain(fields.iter().copied()).collect::<Vec<_>>(), name, file)
    }

    /// Sends these fields, then a file.
    pub fn send_file(&self, address: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
        let part = |name: &str| format!("--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"");
        let fields = fields.iter().map(|(name, value)| format!("{}\r\n\r\n{value}\r\n", part(name)));
        let head = format!("{}; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n", part("file"));
        let typed: String = fields.collect();
        let body = [typed.as_bytes(), head.as_bytes(), file, b"\r\n--XyZ--\r\n"].concat();
        let ask = self.ask(Method::POST, address).header("Sec-Fetch-Site", "same-origin");
        self.keep(ask.body("multipart/form-data; boundary=XyZ", body).send())
    }

    /// Begins to send a file, and never ends.
    pub fn send_without_end(&self, address: &str) -> Answer {
        let begun = "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7";
        let ask = self.ask(Method::POST, address).header("Sec-Fetch-Site", "same-origin");
        self.keep(ask.body("multipart/form-data; boundary=XyZ", begun).send_and_never_end())
    }

    /// Opens a page and sends its form.
    pub fn do_it(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(address).expect(200);
        self.fill(&page, address, fields)
    }
}

/// What the form that is sent to this address hides.
pub fn hidden(page: &str, address: &str) -> Vec<(String, String)> {
    let action = format!("action=\"{address}\"");
    let form =
        page.split("<form").find(|form| form.contains(&action)).unwrap_or_else(|| panic!("no form to {address}"));
    let form = form.split("</form>").next().unwrap();
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    let pairs = inputs.map(|input| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split('"').next().unwrap().to_owned())
    });
    pairs.collect()
}
