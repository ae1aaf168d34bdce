import ArgumentParser
import Foundation

/// A place where one shop runs: a folder of small files through which the keeper and `deploy` talk.
struct Slot: Sendable {
    enum Name: String, CaseIterable, Sendable, ExpressibleByArgument {
        case baseline
        case candidate
    }

    /// What should run in a slot.
    enum Wish: Equatable, Sendable {
        case nothing
        case version(ShopVersion)

        /// From `none` or a version; nil for anything else.
        init?(_ text: String) {
            if text == "none" {
                self = .nothing
            } else if let version = ShopVersion(rawValue: text) {
                self = .version(version)
            } else {
                return nil
            }
        }

        var text: String {
            switch self {
            case .nothing: "none"
            case .version(let version): version.rawValue
            }
        }
    }

    let name: Name
    private let folder: String

    init(_ name: Name, in directory: String) {
        self.name = name
        folder = directory + "/slots/" + name.rawValue
    }

    /// What should run, as ``Wish/text``. Written by `deploy`.
    var desired: SmallFile { SmallFile(path: folder + "/desired") }
    /// What runs, as ``Wish/text``. Written by the keeper.
    var running: SmallFile { SmallFile(path: folder + "/running") }
    /// The port of the slot, the same for every version. Written by the keeper or by the shop it starts.
    var port: SmallFile { SmallFile(path: folder + "/port") }
    var logPath: String { folder + "/log" }

    func makeFolder() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
}
