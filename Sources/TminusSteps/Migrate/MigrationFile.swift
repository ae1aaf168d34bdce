import Crypto
import Foundation

/// One `NNN_name.sql` of a migrations directory.
struct MigrationFile: Equatable {
    /// Files in a directory, and bytes in a file.
    static let countMax = 10_000
    static let bytesMax = 8 * 1024 * 1024

    var version: Int64
    /// Without version and extension.
    var name: String
    /// `003_add_column.sql`
    var fileName: String
    var path: String
    /// Where `NNN_name.down.sql` is; nil when it is not there.
    var downPath: String?

    /// The directory's migrations, rising; other files than `.sql` are left alone.
    ///
    /// - Throws: `.refused` for a file whose name says no version, or a version that stands twice.
    static func list(_ directory: String) throws(MigrationError) -> [MigrationFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".sql") }
        } catch {
            throw MigrationError(.unreadable, "the migrations directory \(directory) can't be read")
        }
        guard names.count <= countMax else {
            throw MigrationError(.refused, "\(directory) holds more than \(countMax) files")
        }
        let downs = Set(names.filter { $0.hasSuffix(".down.sql") })
        var files: [MigrationFile] = []
        for fileName in names.filter({ !downs.contains($0) }).sorted() {
            let stem = fileName.dropLast(".sql".count)
            let digits = stem.prefix { $0.isASCII && $0.isNumber }
            guard let version = Int64(digits), stem.dropFirst(digits.count).hasPrefix("_") else {
                throw MigrationError(
                    .refused, "\(fileName) is not named like 003_add_column.sql, so its place is unclear; rename it"
                )
            }
            let down = "\(stem).down.sql"
            files.append(
                MigrationFile(
                    version: version, name: String(stem.dropFirst(digits.count + 1)), fileName: fileName,
                    path: "\(directory)/\(fileName)", downPath: downs.contains(down) ? "\(directory)/\(down)" : nil
                )
            )
        }
        files.sort { $0.version < $1.version }
        for (one, other) in zip(files, files.dropFirst()) where one.version == other.version {
            throw MigrationError(.refused, "\(one.fileName) and \(other.fileName) have the same version; rename one")
        }
        return files
    }

    /// - Throws: `.unreadable`, `.refused` for text that is not UTF-8.
    static func text(_ path: String) throws(MigrationError) -> (text: String, checksum: String) {
        let bytes: [UInt8]
        do throws(SmallFile.Failure) {
            bytes = try SmallFile.read(path, limit: bytesMax)
        } catch {
            throw MigrationError(.unreadable, "\(path) can't be read, or is no file of at most 8 MiB")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
            throw MigrationError(.refused, "\(path) is not UTF-8 text")
        }
        let digits = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return (text, digits.joined())
    }
}
