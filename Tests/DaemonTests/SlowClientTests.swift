import ControlAPI
import Foundation
import Glibc
import TestSupport
import Testing

/// Clients that hold on to what they were given.
@Suite(.serialized) struct SlowClientTests {
    @Test func halfARequestOnEveryConnectionDoesNotLockTheOperatorOut() async throws {
        let daemon = try await DaemonUnderTest()
        let clients = try (0..<400).map { _ in try UnixConnection(to: daemon.socket) }
        for client in clients { #expect(client.send("GET /v1/sta")) }
        let start = ContinuousClock.now
        let status = try await daemon.ctl("status")
        #expect(status.termination == .exited(0))
        #expect(ContinuousClock.now - start < .seconds(10))
        withExtendedLifetime(clients) {}
        #expect(try await daemon.stop() == .exited(0))
    }

    @Test func aHeadThatComesLetterByLetterIsCutOff() async throws {
        let daemon = try await DaemonUnderTest()
        let client = try UnixConnection(to: daemon.socket)
        _ = client.send("GET /v1/status HTTP/1.1\r\nhost: v\r\nx-slow: ")
        try await Waiting.until("the cut", within: .seconds(10), every: .milliseconds(500)) {
            client.send("x") ? nil : true
        }
        _ = try await daemon.stop()
    }

    @Test func theSeventeenthReaderOfEventsIsTurnedAwayUntilAnotherLeaves() async throws {
        let daemon = try await DaemonUnderTest()
        var followers = try (0..<16).map { _ in try UnixConnection(to: daemon.socket) }
        for follower in followers {
            _ = follower.send("GET /v1/events?follow=true HTTP/1.1\r\nhost: v\r\n\r\n")
            #expect(follower.firstBytes(12) == "HTTP/1.1 200")
        }
        let refused = try await daemon.curl("/v1/events")
        #expect(refused.status == 503)
        #expect(try ControlCoding.decode(Problem.self, from: refused.body).kind == .unavailable)
        followers.removeLast()
        try await Waiting.until("a free place", within: .seconds(20)) {
            try await daemon.curl("/v1/events").status == 200 ? true : nil
        }
        withExtendedLifetime(followers) {}
        #expect(try await daemon.stop() == .exited(0))
    }
}
