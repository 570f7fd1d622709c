// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.pool.Backend;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendChannel;
import org.postern.scanworkers.pool.BackendState;
import org.postern.scanworkers.pool.CanaryFile;
import org.postern.scanworkers.pool.Lease;
import org.postern.scanworkers.pool.MailStream;

/// One clamd. Scans run on many threads at once; probes on one.
final class Clamd implements Backend {
    private static final Duration PING = Duration.ofSeconds(1);

    private final ClamavConfig config;
    private final BackendAddress address;
    private final ClamdCommands commands;
    private final Calibration calibration;
    private final Watch watch;
    private final Signatures signatures;
    private final List<CanaryFile> canaries;

    Clamd(ClamavConfig config, BackendAddress address, List<CanaryFile> canaries) {
        this.canaries = canaries;
        this.config = config;
        this.address = address;
        this.commands = new ClamdCommands(address, config.connectTimeout());
        this.calibration = new Calibration(config.maxSize().bytes());
        this.signatures = new Signatures(address.toString(), config.signaturesAgeMax());
        this.watch = new Watch(address, this::mayBeAnother);
    }

    @Override
    public String name() {
        return address.toString();
    }

    BackendAddress address() {
        return address;
    }

    /// What is known of its signatures.
    Signatures signatures() {
        return signatures;
    }

    /// The states of the signatures of all that have been asked for them; empty while none has. See
    /// [org.postern.core.filter.Filter#contentState].
    static Optional<String> state(List<Clamd> backends) {
        if (backends.size() == 1) {
            return backends.getFirst().signatures.state();
        }
        String states = backends.stream()
                .flatMap(backend -> backend.signatures.state().stream())
                .distinct()
                .sorted()
                .collect(Collectors.joining(" + "));
        return states.isEmpty() ? Optional.empty() : Optional.of(states);
    }

    ClamdCommands commands() {
        return commands;
    }

    /// Whether mails of that size are known to be looked through.
    boolean scans(long size) {
        return size <= calibration.trusted();
    }

    Calibration calibration() {
        return calibration;
    }

    /// What it scans was measured, and it has not ended since.
    @Override
    public boolean settled() {
        return calibration.settled();
    }

    /// Scans a mail. Goes on after the deadline while clamd works on it, at most for the configured time.
    FilterResult scan(MailStream.Source content, long size, Lease lease, Deadline deadline) {
        ClamdConnection connection;
        try {
            connection = ClamdConnection.open(address, connecting(deadline));
        } catch (SocketTimeoutException e) {
            return new NoVerdict(NoVerdictReason.UNAVAILABLE, name() + ": " + e);
        } catch (IOException e) {
            mayBeAnother();
            return new NoVerdict(NoVerdictReason.UNAVAILABLE, name() + ": " + e);
        }
        try (connection;
                BackendChannel.TimeLimit _ =
                        connection.closeIn(deadline.remaining().plus(config.abandonTimeout()));
                InputStream in = MailStream.of(content)) {
            lease.whenAbandoned(connection::closeIfSending);
            return result(connection.scan(in, size), size);
        } catch (MailStream.UnreadableException e) {
            return new NoVerdict(NoVerdictReason.INTERNAL_ERROR, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new NoVerdict(
                    lease.abandoned() ? NoVerdictReason.TIMED_OUT : NoVerdictReason.BACKEND_ERROR, name() + ": " + e);
        }
    }

    private FilterResult result(ClamdReply reply, long size) {
        return switch (reply) {
            case ClamdReply.Clean _ when settled() && scans(size) -> FilterResult.nothing();
            case ClamdReply.Clean _ ->
                new NoVerdict(NoVerdictReason.LOADING, name() + ": ended meanwhile, and may have other settings now");
            case ClamdReply.Infected infected ->
                new FilterResult.Findings(List.of(new Finding("CLAMAV_VIRUS", 1.0, infected.signature())));
            case ClamdReply.TooLarge _ -> {
                mayBeAnother(); // it was measured to take that much
                yield new NoVerdict(NoVerdictReason.TOO_LARGE, name() + ": more than its StreamMaxLength");
            }
            case ClamdReply.Failed failed ->
                new NoVerdict(NoVerdictReason.BACKEND_ERROR, name() + ": " + failed.text());
        };
    }

    /// The pool's probe and that of a reload may meet.
    @Override
    public synchronized Probe probe(boolean seenUp, Deadline deadline) throws InterruptedException {
        Probe probe = probeNow(seenUp, deadline);
        switch (probe.state()) {
            case UP -> {}
            case OVERLOADED -> calibration.forget();
            case UNKNOWN, LOADING, RELOADING, DEAD, DRAINED -> mayBeAnother();
        }
        return probe;
    }

    /// Makes it read its signatures again; returns when it has taken note, not when it is done.
    void reload(Duration timeout) throws IOException, InterruptedException {
        commands.reload(timeout);
        calibration.forget();
        signatures.forget();
    }

    /// It may come back, or have come back, with other settings and other signatures.
    private void mayBeAnother() {
        calibration.doubt();
        signatures.forget();
    }

    private Probe probeNow(boolean seenUp, Deadline deadline) throws InterruptedException {
        try {
            ClamdReply clean = scanSample(Sample.clean(), deadline);
            if (!(clean instanceof ClamdReply.Clean)) {
                return new Probe(BackendState.DEAD, "a harmless text is not OK to it: " + clean);
            }
            ClamdReply virus = scanSample(Sample.virus(), deadline);
            if (!(virus instanceof ClamdReply.Infected)) {
                return new Probe(
                        BackendState.DEAD,
                        "it does not find the EICAR test file: " + virus + "; are its signatures there?");
            }
            for (CanaryFile canary : canaries) {
                Optional<String> wrong = wrong(canary, scanSample(new ByteArrayInputStream(canary.octets()), deadline));
                if (wrong.isPresent()) {
                    return new Probe(BackendState.DEAD, wrong.get());
                }
            }
        } catch (NotConnectedException e) {
            return new Probe(
                    BackendState.DEAD,
                    e.getMessage() + "; it does not run, or still loads its signatures before it listens");
        } catch (IOException e) {
            return silent(seenUp, e);
        }
        watch.keep(PING); // before it is measured: what ends after that is noticed
        learnVersion();
        calibration.measure(signatures.text(), this::scanSample);
        return new Probe(
                BackendState.UP,
                signatures.description() + ", scans up to " + calibration.trusted() + " octets" + address.warning());
    }

    private static Optional<String> wrong(CanaryFile canary, ClamdReply reply) {
        return switch (reply) {
            case ClamdReply.Clean _ -> canary.wrong(false, Set.of());
            case ClamdReply.Infected infected -> canary.wrong(true, infected.names());
            case ClamdReply.TooLarge _, ClamdReply.Failed _ ->
                Optional.of("no verdict on the canary " + canary.name() + ": " + reply);
        };
    }

    /// It takes connections but does not scan in time. PING is answered by another thread than scans: one that
    /// answers it is only slow.
    private Probe silent(boolean seenUp, IOException failure) {
        if (!(failure instanceof SocketTimeoutException)) {
            return new Probe(BackendState.DEAD, "hangs up instead of scanning: " + failure);
        }
        try (ClamdConnection connection = ClamdConnection.open(address, PING)) {
            try (BackendChannel.TimeLimit _ = connection.closeIn(PING)) {
                if (connection.command("PING").equals("PONG")) {
                    return new Probe(BackendState.OVERLOADED, "answers PING, but does not scan in time: " + failure);
                }
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return seenUp
                ? new Probe(BackendState.RELOADING, "silent: reloads its signatures, or hangs: " + failure)
                : new Probe(BackendState.LOADING, "silent since it was first asked: loads its signatures: " + failure);
    }

    private void learnVersion() throws InterruptedException {
        try {
            signatures.learn(ClamdVersion.parse(commands.version(config.probeTimeout())));
        } catch (IOException e) {
            signatures.unknown(String.valueOf(e.getMessage()));
        }
    }

    private ClamdReply scanSample(InputStream sample, Deadline deadline) throws IOException {
        ClamdConnection connection;
        try {
            connection = ClamdConnection.open(address, connecting(deadline));
        } catch (IOException e) {
            throw new NotConnectedException(e);
        }
        try (connection;
                BackendChannel.TimeLimit _ = connection.closeIn(deadline.remaining())) {
            return connection.scan(sample);
        } catch (AsynchronousCloseException e) {
            throw new SocketTimeoutException("no answer within its time");
        }
    }

    void close() {
        watch.close();
    }

    private Duration connecting(Deadline deadline) {
        return deadline.within(config.connectTimeout()).remaining();
    }

    private static final class NotConnectedException extends IOException {
        private static final long serialVersionUID = 1L;

        NotConnectedException(IOException cause) {
            super(String.valueOf(cause.getMessage()), cause);
        }
    }
}
