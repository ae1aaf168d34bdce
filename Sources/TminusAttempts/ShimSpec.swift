/// What a shim is told, in the form it reads: NUL-terminated fields in a fixed order.
struct ShimSpec: Equatable {
    /// The protocol this engine speaks; a shim of another refuses it.
    static let version = "1"
    /// Most a shim reads.
    static let bytesMax = 4 << 20
    /// The first bytes of output go to disk as they come; of the rest the last are kept.
    static let headBytes = 4 << 20
    static let tailBytes = 1 << 20

    var boot: String
    /// 0 for none.
    var timeoutMilliseconds: Int64
    var graceMilliseconds: Int64
    var headBytes = ShimSpec.headBytes
    var tailBytes = ShimSpec.tailBytes
    /// How many bytes of masks wait on standard input.
    var masksBytes: Int
    /// Empty for none.
    var cgroup: String
    var workingDirectory: String
    var arguments: [String]

    /// Nil when a field holds a NUL or the whole is longer than `bytesMax`.
    var bytes: [UInt8]? {
        let fields =
            [
                "tminus-spec", Self.version, boot, String(timeoutMilliseconds), String(graceMilliseconds),
                String(headBytes), String(tailBytes), String(masksBytes), cgroup, workingDirectory,
                String(arguments.count),
            ] + arguments + ["end"]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.utf8.count + 1 })
        for field in fields {
            guard !field.utf8.contains(0) else { return nil }
            bytes.append(contentsOf: field.utf8)
            bytes.append(0)
        }
        return bytes.count <= Self.bytesMax ? bytes : nil
    }

    /// The boot a spec was written in; nil when these aren't the bytes of a whole spec.
    static func boot(of bytes: [UInt8]) -> String? {
        let fields = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4, fields[0].elementsEqual("tminus-spec".utf8),
            bytes.suffix(5).elementsEqual("\0end\0".utf8)
        else { return nil }
        return String(decoding: fields[2], as: UTF8.self)
    }
}
