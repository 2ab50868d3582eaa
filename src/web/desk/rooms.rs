//! Rooms: the desk's routes, each declared with what it asks of whoever comes. A route cannot be mounted without
//! its permission, and the guard stands before every one.

use super::api::{self, Gate, Route};
use super::guard::{self, Door};
use crate::domain::account::Permission;
use crate::domain::token::Scope;
use crate::web::Pages;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};

/// The most bytes of a form without a file.
pub(super) const LARGEST_FORM: usize = 1024 * 1024;

/// A room as it was declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared {
    /// How it is asked; read by the test that walks every room.
    #[cfg_attr(not(test), expect(dead_code, reason = "the router knows the method by itself"))]
    pub(crate) method: &'static str,
    /// Where it is; a piece in braces names what it concerns ([`guard`]).
    pub(crate) path: &'static str,
    /// What it asks of whoever comes.
    pub(crate) permission: Permission,
    /// Where only programs come, what their token must have been made for.
    #[cfg_attr(not(test), expect(dead_code, reason = "the gate has its own"))]
    pub(crate) scope: Option<Scope>,
}

/// The desk's routes so far.
pub(crate) struct Rooms {
    pages: Pages,
    router: Router<Pages>,
    #[cfg(test)]
    declared: Vec<Declared>,
}

impl Rooms {
    pub(super) fn new(pages: &Pages) -> Self {
        Self {
            pages: pages.clone(),
            router: Router::new(),
            #[cfg(test)]
            declared: Vec::new(),
        }
    }

    /// A page.
    pub(super) fn get<T: 'static>(
        self,
        permission: Permission,
        path: &'static str,
        handler: impl Handler<T, Pages>,
    ) -> Self {
        self.room(Declared { method: "GET", path, permission, scope: None }, get(handler))
    }

    /// A form.
    pub(super) fn post<T: 'static>(
        self,
        permission: Permission,
        path: &'static str,
        handler: impl Handler<T, Pages>,
    ) -> Self {
        self.upload(permission, path, LARGEST_FORM, handler)
    }

    /// A form with a file of at most so many bytes.
    pub(super) fn upload<T: 'static>(
        self,
        permission: Permission,
        path: &'static str,
        most: usize,
        handler: impl Handler<T, Pages>,
    ) -> Self {
        let declared = Declared { method: "POST", path, permission, scope: None };
        self.room(declared, post(handler).layer(DefaultBodyLimit::max(most)))
    }

    /// A route of the API: programs come here with a token, and nobody with a cookie.
    pub(super) fn route(self, route: &'static Route) -> Self {
        let Route { method, path, permission, scope, most, serve, .. } = route;
        let declared = Declared { method, path, permission: *permission, scope: Some(*scope) };
        let door = Door { pages: self.pages.clone(), permission: *permission };
        let gate = Gate { door, scope: *scope, most: *most };
        let room = serve().layer(DefaultBodyLimit::max(*most));
        self.mount(declared, room.route_layer(middleware::from_fn_with_state(gate, api::admit)))
    }

    fn room(self, declared: Declared, room: MethodRouter<Pages>) -> Self {
        let door = Door { pages: self.pages.clone(), permission: declared.permission };
        self.mount(declared, room.route_layer(middleware::from_fn_with_state(door, guard::admit)))
    }

    fn mount(mut self, declared: Declared, guarded: MethodRouter<Pages>) -> Self {
        self.router = self.router.route(declared.path, guarded);
        #[cfg(test)]
        self.declared.push(declared);
        self
    }

    /// The routes.
    pub(crate) fn router(self) -> Router<Pages> {
        self.router
    }

    /// What was declared: the test that walks every route reads it.
    #[cfg(test)]
    pub(crate) fn declared(&self) -> &[Declared] {
        &self.declared
    }
}
