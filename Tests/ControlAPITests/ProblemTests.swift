import ControlAPI
import Foundation
import Testing

@Suite struct ProblemTests {
    @Test func aProblemHasTheMembersOfTheStandard() throws {
        let problem = Problem(.notFound, "there is no item x", hint: "list them")
        let text = String(decoding: try ControlCoding.encode(problem), as: UTF8.self)
        #expect(
            text == """
                {"detail":"there is no item x","hint":"list them","status":404,\
                "title":"Not found","type":"urn:vitrine:problem:not-found"}
                """)
        #expect(try ControlCoding.decode(Problem.self, from: Data(text.utf8)) == problem)
    }

    /// Scripts compare these: they may be added to, never changed.
    @Test func typesAndStatusesAreStable() {
        let table = Problem.Kind.allCases.map { "\($0.type) \($0.status)" }
        #expect(
            table == [
                "urn:vitrine:problem:bad-request 400", "urn:vitrine:problem:not-permitted 403",
                "urn:vitrine:problem:not-found 404",
                "urn:vitrine:problem:method-not-allowed 405", "urn:vitrine:problem:conflict 409",
                "urn:vitrine:problem:too-large 413", "urn:vitrine:problem:unusable-input 422",
                "urn:vitrine:problem:bad-configuration 422",
                "urn:vitrine:problem:internal 500", "urn:vitrine:problem:unavailable 503",
            ])
    }

    @Test func kindComesBackFromTheType() {
        for kind in Problem.Kind.allCases { #expect(Problem(kind, "x").kind == kind) }
        var foreign = Problem(.conflict, "x")
        foreign.type = "about:blank"
        #expect(foreign.kind == nil)
    }
}
