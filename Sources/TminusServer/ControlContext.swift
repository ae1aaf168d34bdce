import Glibc
package import Hummingbird
import NIOCore
import NIOPosix
import TminusAPI
import TminusEngine
package import TminusModel

/// A request, and the connection it came through.
package struct ControlContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    private let channel: any Channel
    /// Set by the middleware of a listener that asks for tokens.
    var bearer: Person?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who asks: the holder of the token, else who is on the other side of the socket, as the policy knows them.
    ///
    /// - Throws: `.forbidden` when nothing says so: nobody is never somebody.
    func person(_ parts: ControlParts) async throws -> Person {
        if let bearer { return bearer }
        let (person, isGuest) = try await peer()
        return parts.engine.known(person, isGuest: isGuest)
    }

    /// Whether the engine's own account, or root, asks through a Unix socket.
    var isOwnAccount: Bool {
        get async throws { bearer == nil ? try await !peer().isGuest : false }
    }

    /// Who is on the other side of a Unix socket, by the kernel's word, and whether that is another account than the
    /// engine's own and root.
    private func peer() async throws -> (person: Person, isGuest: Bool) {
        guard let provider = channel as? any SocketOptionProvider else {
            throw APIError(.forbidden, "this connection does not say whose it is")
        }
        let peer: PeerCredentials
        do {
            peer = try await provider.unsafeGetSocketOption(
                level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
            ).get()
        } catch {
            throw APIError(.forbidden, "the kernel does not say whose connection this is: \(error)")
        }
        return (Account.person(uid: peer.uid), isGuest: peer.uid != geteuid() && peer.uid != 0)
    }
}

/// `struct ucred` of Linux.
private struct PeerCredentials: Sendable {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
}

/// Accounts of this machine.
package enum Account {
    /// Longest name we take; longer ones are cut.
    private static let nameBytesMax = 64

    /// The account of a user id: `uid:1234` and no groups when the machine knows no such account.
    package static func person(uid: UInt32) -> Person {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(uid, &record, &buffer, buffer.count, &found) == 0, found != nil, let name = record.pw_name
        else { return Person(name: "uid:\(uid)") }
        let text = String(cString: name)
        return Person(name: cut(text), groups: groups(of: text, primary: record.pw_gid))
    }

    /// The Unix groups of an account, sorted; empty when there is no such account.
    package static func groups(of name: String) -> [String] {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &record, &buffer, buffer.count, &found) == 0, found != nil else { return [] }
        return groups(of: name, primary: record.pw_gid)
    }

    private static func groups(of name: String, primary: gid_t) -> [String] {
        var count: Int32 = 256
        var list = [gid_t](repeating: 0, count: Int(count))
        if getgrouplist(name, primary, &list, &count) < 0 {
            guard count > 0, count <= 65_536 else { return [] }
            list = [gid_t](repeating: 0, count: Int(count))
            if getgrouplist(name, primary, &list, &count) < 0 { return [] }
        }
        return list.prefix(Int(max(0, count))).compactMap(groupName).sorted()
    }

    private static func groupName(_ id: gid_t) -> String? {
        var record = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        guard getgrgid_r(id, &record, &buffer, buffer.count, &found) == 0, found != nil, let name = record.gr_name
        else { return nil }
        return String(cString: name)
    }

    private static func cut(_ name: String) -> String {
        name.utf8.count <= nameBytesMax ? name : String(name.prefix(nameBytesMax / 4))
    }
}
