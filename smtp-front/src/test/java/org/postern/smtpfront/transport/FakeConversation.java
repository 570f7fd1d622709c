// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Notes what it is told, says what a test wants, and does what it is asked to when octets come.
final class FakeConversation implements Conversation {
    final List<String> calls = new ArrayList<>();
    Duration patience = Duration.ofMinutes(5);
    Duration silent = Duration.ZERO;
    Predicate<String> atOnce = _ -> true;
    Consumer<String> whenReceived = _ -> {};

    @Override
    public void opened() {
        calls.add("opened");
    }

    @Override
    public boolean asksNobody(byte[] octets) {
        return atOnce.test(new String(octets, StandardCharsets.US_ASCII));
    }

    @Override
    public void received(byte[] octets, int from, int to) {
        calls.add("received");
        whenReceived.accept(new String(octets, from, to - from, StandardCharsets.US_ASCII));
    }

    @Override
    public void resumed() {
        calls.add("resumed");
    }

    @Override
    public void timedOut() {
        calls.add("timed out");
    }

    @Override
    public void drain() {
        calls.add("drain");
    }

    @Override
    public void closed() {
        calls.add("closed");
    }

    @Override
    public Duration patience() {
        return patience;
    }

    @Override
    public Duration silent() {
        return silent;
    }
}
