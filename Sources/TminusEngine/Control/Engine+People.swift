internal import TminusCore
package import TminusModel
internal import TminusPorts

/// Who somebody is: what the connection says, and what the policy makes of it.
extension Engine {
    /// A person known by their account, with the policy's name, groups and rights.
    ///
    /// While the policy can't be read nobody but the engine's own account has rights, and that one only those that
    /// undo: a broken file must not open a door, nor keep anybody from going back.
    ///
    /// - Parameter isGuest: another account than the engine's own, let in by a group socket: without a policy it may
    ///   watch, approve and reject, and nothing else.
    package nonisolated func known(_ person: Person, isGuest: Bool = false) -> Person {
        do throws(PolicyFault) {
            if isGuest, try parts.policy.digest() == nil {
                var guest = person
                guest.rights = []
                return guest
            }
            return try parts.policy.person(person)
        } catch {
            var plain = person
            plain.rights = isGuest ? [] : person.rights.filter { $0 == .rollback || $0 == .stopTheLine }
            return plain
        }
    }

    /// Whoever holds this token; nil when it is unknown, revoked or expired.
    package func holder(ofToken secret: String) async -> (person: Person, token: AccessToken)? {
        guard secret.utf8.count <= 256 else { return nil }
        let hash = parts.digest(Array(secret.utf8))
        // Hashes are compared, not tokens: how long it takes tells nothing about a token.
        guard let token = await control.state.tokens.first(where: { $0.hash == hash }), now < token.expires
        else { return nil }
        if token.isAutomation {
            let program = Person(
                name: token.person, rights: token.rights, isAutomation: true, services: token.services)
            return (program, token)
        }
        // Where no policy says what a person may, the token does; where one does, it is what both allow.
        var person = known(Person(name: token.person, rights: token.rights))
        person.rights = person.rights.filter { token.rights.contains($0) }
        person.services = token.services
        return (person, token)
    }
}
