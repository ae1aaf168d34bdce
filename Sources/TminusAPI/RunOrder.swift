import Foundation
package import TminusModel

/// `POST /v1/runs`: a plan to run, with the files it pins.
package struct RunOrder: Equatable, Sendable {
    package var plan: Plan
    /// SHA-256 of the plan's canonical JSON, lower-case hexadecimal.
    package var digest: String
    package var files: [Content]
    package var reason: String?
    /// Position of the phase after which the run pauses.
    package var pausesAfter: Int?
    /// Position of the phase with which the run ends, once it is sealed.
    package var endsAfter: Int?
    /// The commits it brings, newest first; at most `Submission.changesMax`.
    package var changes: [ChangelogEntry] = []
    /// A person wants another run of a tag that has made one.
    package var isAgain = false
    /// What it repairs, forward and fast; nil for a run that is no hotfix.
    package var incident: String?

    /// What one or more pinned files hold.
    package struct Content: Equatable, Sendable {
        /// SHA-256 of `bytes`, lower-case hexadecimal.
        package var digest: String
        package var bytes: [UInt8]

        package init(digest: String, bytes: [UInt8]) {
            self.digest = digest
            self.bytes = bytes
        }
    }

    /// Largest body the engine takes: 16 MiB of files in base64, and the plan.
    package static let bytesMax = 24 * 1024 * 1024

    package init(
        plan: Plan, digest: String, files: [Content] = [], reason: String? = nil, pausesAfter: Int? = nil
    ) {
        self.plan = plan
        self.digest = digest
        self.files = files
        self.reason = reason
        self.pausesAfter = pausesAfter
    }

    package var json: JSON {
        .members([
            "plan": plan.json, "digest": .string(digest),
            "files": .object(files.map { JSON.Member($0.digest, .string(Data($0.bytes).base64EncodedString())) }),
            "reason": reason.map(JSON.string), "pausesAfter": pausesAfter.map(JSON.integer),
            "endsAfter": endsAfter.map(JSON.integer),
            "changes": changes.isEmpty ? nil : .array(changes.map(\.json)), "again": isAgain ? .bool(true) : nil,
            "incident": incident.map(JSON.string),
        ])
    }

    /// - Throws: `.badRequest` with the place of what is wrong.
    package init(json: JSON) throws(APIError) {
        do {
            let reader = try WireReader(json)
            do { plan = try Plan(json: try reader.member("plan")) } catch let fault as CodingFault {
                throw APIError(.badRequest, "plan: \(fault)")
            }
            digest = try reader.text("digest")
            reason = try reader.optionalText("reason")
            pausesAfter = try reader.optionalInteger("pausesAfter")
            endsAfter = try reader.optionalInteger("endsAfter")
            isAgain = try reader.optionalFlag("again") ?? false
            incident = try reader.optionalText("incident")
            if let incident, incident.isEmpty || incident.utf8.count > 128 {
                throw APIError(.badRequest, "incident must be 1 to 128 bytes long")
            }
            let entries = try reader.elements("changes")
            guard entries.count <= Submission.changesMax else {
                throw APIError(.badRequest, "changes: at most \(Submission.changesMax) are taken")
            }
            for entry in entries {
                do { changes.append(try ChangelogEntry(json: entry)) } catch {
                    throw APIError(.badRequest, "changes: \(error)")
                }
            }
            files = []
            for member in json["files"]?.members ?? [] {
                guard let text = member.value.text, let bytes = Data(base64Encoded: text) else {
                    throw APIError(.badRequest, "files: the content of \(member.key.prefix(64)) is not base64")
                }
                files.append(Content(digest: member.key, bytes: [UInt8](bytes)))
            }
        } catch let error as APIError {
            throw APIError(.badRequest, error.message)
        } catch {
            throw APIError(.badRequest, "\(error)")
        }
    }
}
