//! Somebody's browser, for tests of the console: a session cookie and the forms' token.

use reqwest::{Method, RequestBuilder};
use testkit::{Answer, Company, Member};

/// A browser in a company.
pub struct Browser<'a> {
    company: &'a Company<'a>,
    /// The session's token.
    pub token: String,
}

impl<'a> Browser<'a> {
    /// Somebody's, by the session that they signed in to.
    pub fn of(company: &'a Company<'a>, member: &Member) -> Browser<'a> {
        Browser { company, token: member.client.token.clone().unwrap() }
    }

    /// A request below the workspace's address, under way.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookie = format!("__Host-ringfence-{}={}", self.company.slug, self.token);
        let stranger = self.company.server.stranger();
        stranger.request(method, &format!("/w/{}{path}", self.company.slug)).header("cookie", cookie)
    }

    /// Sends a request below the workspace's address, with a form in it or without.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let request = self.request(method, path);
        let form = "application/x-www-form-urlencoded";
        self.company
            .server
            .stranger()
            .send(match body {
                Some(body) => request.header("content-type", form).body(body),
                None => request,
            })
            .await
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// The token in the pages that are shown now.
    pub async fn csrf(&self) -> String {
        let page = self.get("").await.text;
        let (_, rest) = page.split_once("name=\"csrf\" content=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Sends a form with any token.
    pub async fn post_with(&self, path: &str, fields: &str, csrf: &str) -> Answer {
        self.send(Method::POST, path, Some(format!("csrf={csrf}&{fields}"))).await
    }

    /// Sends a form as the pages shown now would.
    pub async fn post(&self, path: &str, fields: &str) -> Answer {
        self.post_with(path, fields, &self.csrf().await).await
    }
}
