// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountLimits;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.ScramCredential;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// Knows the domain `here.example` with alice, bob, the postmaster, and tiny who takes 100 octets; `broken.example`
/// cannot be looked up.
final class FakeDirectory implements Directory {
    static final String PASSWORD = "correct horse";
    private static final ScramCredential CREDENTIAL = credential();

    /// Whether it says that it never waits.
    volatile boolean atOnce;

    /// Done before a recipient or a login is looked up.
    volatile Runnable delay = () -> {};

    /// The threads on which recipients were looked up.
    final Set<String> askedOn = ConcurrentHashMap.newKeySet();

    @Override
    public boolean answersAtOnce() {
        return atOnce;
    }

    @Override
    public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
        return switch (domain.name()) {
            case "here.example", "mx.here.example" -> new Lookup.Known<>(domain);
            case "broken.example" -> new Lookup.Undetermined<>("no server answers");
            case "defect.example" -> throw new IllegalStateException("a defect in a collaborator");
            default -> new Lookup.Unknown<>();
        };
    }

    @Override
    public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
        askedOn.add(Thread.currentThread().getName());
        delay.run();
        return switch (recipient.address().foldedCase().localPart()) {
            case "alice", "bob", "postmaster", "john smith" ->
                new Lookup.Known<>(account(recipient.address().foldedCase()));
            case "closed" ->
                new Lookup.Known<>(
                        special(recipient.address().foldedCase(), AccountStatus.DISABLED, AccountLimits.NONE));
            case "tiny" ->
                new Lookup.Known<>(special(
                        recipient.address().foldedCase(),
                        AccountStatus.ACTIVE,
                        new AccountLimits(Optional.empty(), OptionalLong.empty(), Optional.of(new ByteSize(100)))));
            case "undecided" -> new Lookup.Undetermined<>("no server answers");
            default -> new Lookup.Unknown<>();
        };
    }

    @Override
    public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
        askedOn.add(Thread.currentThread().getName());
        delay.run();
        if (login.equals("undecided")) {
            return new Lookup.Undetermined<>("no server answers");
        }
        return login.equals("alice@here.example") && password.equals(PASSWORD)
                ? new Lookup.Known<>(account(MailAddress.parse("alice@here.example")))
                : new Lookup.Unknown<>();
    }

    @Override
    public boolean offersScram() {
        return true;
    }

    @Override
    public Lookup<ScramCredential> scramCredential(String login, Deadline deadline) {
        return switch (login) {
            case "undecided" -> new Lookup.Undetermined<>("no server answers");
            case "alice@here.example" -> new Lookup.Known<>(CREDENTIAL);
            default -> new Lookup.Unknown<>();
        };
    }

    private static ScramCredential credential() {
        byte[] salt = "sixteen octets!!".getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), salt, 4096, 256))
                    .getEncoded();
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salted, "HmacSHA256"));
            byte[] clientKey = mac.doFinal("Client Key".getBytes(StandardCharsets.US_ASCII));
            byte[] serverKey = mac.doFinal("Server Key".getBytes(StandardCharsets.US_ASCII));
            return new ScramCredential(
                    account(MailAddress.parse("alice@here.example")),
                    salt,
                    4096,
                    MessageDigest.getInstance("SHA-256").digest(clientKey),
                    serverKey);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Account account(MailAddress address) {
        return new Account(
                address, Set.of(MailAddress.parse("alias@here.example")), address.domain() + "/" + address.localPart());
    }

    private static Account special(MailAddress address, AccountStatus status, AccountLimits limits) {
        return new Account(
                address,
                Set.of(),
                address.domain() + "/" + address.localPart(),
                status,
                Optional.empty(),
                new Delivery.Mailbox(),
                Optional.empty(),
                limits,
                Set.of());
    }

    @Override
    public void close() {}
}
