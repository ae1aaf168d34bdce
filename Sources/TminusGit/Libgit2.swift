import Clibgit2

/// The C library itself: started once, its errors and ids as text.
enum Libgit2 {
    /// Objects in one pack; git's own largest public repositories stay below.
    static let packObjectsMax = 20_000_000

    /// Initialised once, by whichever thread comes first; never shut down, as the process ends with it.
    ///
    /// From here on every socket libgit2 opens is a `GuardedSocket`, and what it writes is synced to the disk.
    static let started: Int32 = {
        let count = git_libgit2_init()
        GuardedSocket.register()
        _ = tminus_git_sync_to_disk()
        _ = tminus_git_set_pack_objects_max(packObjectsMax)
        return count
    }()

    /// libgit2 keeps the message per thread, so this asks right after the call that failed.
    ///
    /// Part of it may come from the other side, so what is invisible in it is escaped.
    static func lastMessage() -> String {
        guard let error = git_error_last(), let message = error.pointee.message else { return "no reason was given" }
        return PrintableText.line(String(cString: message), limit: 300)
    }

    /// `GIT_ERROR_…` of the last failure on this thread.
    static var lastKind: UInt32? {
        git_error_last().map { UInt32(bitPattern: $0.pointee.klass) }
    }

    /// Lower-case, 40 digits.
    static func hexadecimal(_ id: git_oid) -> String {
        withUnsafeBytes(of: id.id) { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// Nil unless `text` is exactly 40 hexadecimal digits: never an abbreviation or an expression.
    static func id(_ text: String) -> git_oid? {
        guard text.utf8.count == 40 else { return nil }
        guard text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
        var id = git_oid()
        return git_oid_fromstr(&id, text) == 0 ? id : nil
    }

    /// In git's words: commit, tree, blob, tag.
    static func name(of kind: git_object_t) -> String {
        git_object_type2string(kind).map { String(cString: $0) } ?? "thing of unknown kind"
    }
}
