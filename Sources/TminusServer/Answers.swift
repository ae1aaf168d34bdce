import Hummingbird
import Logging
import NIOCore
import TminusAPI
import TminusEngine
import TminusModel
import TminusPorts

/// How answers are made.
enum Answers {
    static func json(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        var bytes = json.bytes
        bytes.append(UInt8(ascii: "\n"))
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func stream(
        _ type: String, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(write))
    }
}

extension Request {
    /// The body as JSON.
    ///
    /// - Throws: `.tooLarge`, `.badRequest` with the place of what is wrong.
    func json(bytesMax: Int) async throws -> JSON {
        let bytes: ByteBuffer
        do { bytes = try await body.collect(upTo: bytesMax) } catch {
            throw APIError(.tooLarge, "the request is longer than the \(bytesMax >> 20) MiB that are taken")
        }
        do { return try JSON(parsing: bytes.readableBytesView) } catch {
            throw APIError(.badRequest, "the request's body is \(error)")
        }
    }

    /// A query value as a number within bounds; `absent` when there is none.
    func number(_ name: String, in range: ClosedRange<Int>, default absent: Int) throws -> Int {
        guard let text = uri.queryParameters[Substring(name)] else { return absent }
        guard let number = Int(text), range.contains(number) else {
            throw APIError(.badRequest, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func text(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map(String.init)
    }
}

/// Turns whatever a route throws into `{"error": …}`.
struct FaultsAsJSON: RouterMiddleware {
    typealias Context = ControlContext

    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch {
            let fault = APIError(error, path: request.uri.path)
            if fault.code == .fault || fault.code == .store {
                logger.error("\(request.method.rawValue) \(request.uri.path): \(fault.message)")
            }
            return Answers.json(fault.json, status: HTTPResponse.Status(code: fault.status))
        }
    }
}

extension APIError {
    /// What a client is told about an error of whatever kind.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as APIError: self = error
        case let error as EngineError: self.init(error)
        case let error as StoreError:
            self.init(error.code == .unknownRun ? .notFound : .store, error.description)
        case let error as HTTPError where error.status == .notFound:
            self.init(.notFound, "there is no \(path) here")
        case let error as HTTPError:
            self.init(
                error.status.code < 500 ? .badRequest : .fault, error.body ?? "status \(error.status.code)")
        default: self.init(.fault, "\(error)")
        }
    }

    init(_ error: EngineError) {
        switch error.code {
        case .badPlan: self.init(.badRequest, error.description)
        case .refused, .duplicate, .moved: self.init(.refused, error.description)
        case .unknownRun: self.init(.notFound, error.description)
        case .unavailable: self.init(.stopping, error.description)
        case .store, .files: self.init(.store, error.description)
        }
    }
}
