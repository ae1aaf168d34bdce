import Glibc
import TminusModel

/// What a step wrote to `TMINUS_OUTPUT`: a JSON object of strings. The file is the step's, so nothing about it is
/// believed: what is not exactly right is refused whole, with a sentence saying why.
struct StepOutputs: Equatable {
    static let fileBytesMax = 64 << 10
    static let countMax = 64
    static let nameBytesMax = 64
    static let valueBytesMax = 4 << 10

    /// Sorted by name.
    var entries: [Variable] = []
    /// Why there are none although there is a file.
    var fault: String?

    /// No file, or an empty one, is no outputs.
    init(path: String) {
        let file: OpenFile
        do {
            file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            if error.code != ENOENT { fault = "it can't be opened" }
            return
        }
        guard let size = file.regularSize else {
            fault = "it is not a regular file"
            return
        }
        guard size <= Self.fileBytesMax else {
            fault = "it is larger than \(Self.fileBytesMax) bytes"
            return
        }
        guard let bytes = file.read(limit: Self.fileBytesMax) else {
            fault = "it can't be read"
            return
        }
        parse(bytes)
    }

    init(bytes: [UInt8]) {
        parse(bytes)
    }

    private mutating func parse(_ bytes: [UInt8]) {
        guard bytes.contains(where: { $0 > 0x20 }) else { return }
        do {
            entries = try Self.entries(of: JSON(parsing: bytes))
        } catch let error as JSONError {
            fault = "byte \(error.offset) is not the JSON expected there"
        } catch let error as Refusal {
            fault = error.reason
        } catch {
            fault = "it can't be read"
        }
    }

    private struct Refusal: Error {
        let reason: String
    }

    private static func entries(of json: JSON) throws(Refusal) -> [Variable] {
        guard case .object(let members) = json else { throw Refusal(reason: "it is not a JSON object") }
        guard members.count <= countMax else { throw Refusal(reason: "it has more than \(countMax) entries") }
        var entries: [Variable] = []
        for (position, member) in members.enumerated() {
            guard isName(member.key) else {
                let rule = "1 to \(nameBytesMax) of A-Z a-z 0-9 . _ -"
                throw Refusal(reason: "the name of entry \(position + 1) is not \(rule)")
            }
            guard case .string(let text) = member.value else {
                throw Refusal(reason: "the value of \(member.key) is not a string")
            }
            guard text.utf8.count <= valueBytesMax else {
                throw Refusal(reason: "the value of \(member.key) is longer than \(valueBytesMax) bytes")
            }
            guard !text.utf8.contains(0) else { throw Refusal(reason: "the value of \(member.key) holds a NUL") }
            entries.append(Variable(name: member.key, value: text))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func isName(_ name: String) -> Bool {
        (1...nameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
