/// Where a pipeline and the files it names are read from: a folder of this machine, or the tree of a tagged commit.
///
/// Paths are relative to the pipeline's folder, without `.` and `..` where they name what is pinned. No symbolic link
/// leads out of the place.
package protocol PipelinePlace {
    /// The plan's folder: absolute, or `.` where every file of the place is pinned and the run keeps them itself.
    var folder: String { get }

    /// What is at a path, which may hold `..` or be absolute; nil when nothing is, or nothing that may be read.
    func look(_ path: String) -> PlacedKind?

    /// The bytes of a text that a person wrote, of at most `SourceReader.sizeMax`; the path as for `look`.
    func text(_ path: String) throws(PlaceFault) -> [UInt8]

    /// The names in a folder, as for `look`, in no order; empty when it can't be read.
    func names(in folder: String) -> [String]

    /// A file to pin, whole.
    func file(_ path: String, bytesMax: Int) throws(PlaceFault) -> PlacedFile

    /// What a folder to pin holds, by name.
    func contents(of folder: String, entriesMax: Int) throws(PlaceFault) -> [PlacedEntry]

    /// Every file that is pinned whether or not the pipeline names it; none of a folder on the disk, where steps run
    /// in the folder itself.
    func everything() throws(PlaceFault) -> PlacedAll
}

package enum PlacedKind: Sendable { case file, folder }

package struct PlacedFile: Equatable, Sendable {
    package var bytes: [UInt8]
    package var isExecutable: Bool

    package init(bytes: [UInt8], isExecutable: Bool) {
        self.bytes = bytes
        self.isExecutable = isExecutable
    }
}

package struct PlacedEntry: Equatable, Sendable {
    package var name: String
    package var isFolder: Bool

    package init(name: String, isFolder: Bool) {
        self.name = name
        self.isFolder = isFolder
    }
}

/// What is pinned of a place as a whole.
package struct PlacedAll: Equatable, Sendable {
    /// Sorted.
    package var files: [String]
    /// What is there and can't be pinned, a phrase each, such as `'x' is a symbolic link`.
    package var leftOut: [String]

    package init(files: [String] = [], leftOut: [String] = []) {
        self.files = files
        self.leftOut = leftOut
    }
}

/// Why something can't be had from a place.
package struct PlaceFault: Error, Equatable, Sendable {
    package enum Code: Sendable {
        case unreadable
        /// With it, what is pinned exceeds its limits.
        case tooLarge
    }

    package var code: Code
    /// Without a full stop.
    package var message: String
    /// What to do instead.
    package var fix: String

    package init(_ message: String, fix: String, code: Code = .unreadable) {
        self.code = code
        self.message = message
        self.fix = fix
    }
}
