// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountLimits;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes an account of an entry. What makes no sense makes the whole entry unusable: half an account would send mail
/// to the wrong place.
final class EntryReader {
    private static final Logger LOG = LoggerFactory.getLogger(EntryReader.class);
    private static final String SMTP_PREFIX = "smtp:";
    private static final long ACCOUNT_DISABLED = 0x2;

    private final LdapSchema schema;
    private final Candidates candidates;
    private final String storeRoot;
    private final String storeSuffix;

    EntryReader(LdapConfig config, Candidates candidates) {
        this.schema = config.effectiveSchema();
        this.candidates = candidates;
        this.storeRoot = config.messageStoreRoot();
        this.storeSuffix = config.messageStoreSuffix();
    }

    EntryAnswer read(Entry entry) {
        try {
            Optional<AccountStatus> status = status(entry);
            return status.isEmpty() ? new EntryAnswer.Deleted() : new EntryAnswer.Usable(account(entry, status.get()));
        } catch (IllegalArgumentException e) {
            return new EntryAnswer.Unusable(entry.getDN() + ": " + e.getMessage());
        }
    }

    /// The account of a group whose members are known. Throws `IllegalArgumentException` where the rest makes no sense.
    EntryAnswer readGroup(Entry entry, Delivery.Group group) {
        Optional<AccountStatus> status = status(entry);
        if (status.isEmpty()) {
            return new EntryAnswer.Deleted();
        }
        Set<MailAddress> own = own(entry);
        MailAddress address = own.iterator().next().foldedCase();
        own.removeIf(each -> each.foldedCase().equals(address));
        return new EntryAnswer.Usable(new Account(
                address,
                own,
                Account.defaultMailbox(address),
                status.get(),
                value(entry, schema.mailHost()).map(EntryReader::host),
                group,
                Optional.empty(),
                new AccountLimits(Optional.empty(), OptionalLong.empty(), size(entry, schema.sizeMax())),
                Set.of()));
    }

    boolean isGroup(Entry entry) {
        return !schema.groups().objectClass().isEmpty()
                && entry.hasObjectClass(schema.groups().objectClass());
    }

    /// An entry that cannot be read is not taken for deleted.
    boolean isDeleted(Entry entry) {
        try {
            return status(entry).isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Every address of an entry, the main one first; may be empty.
    Set<MailAddress> ownAddresses(Entry entry) {
        Set<MailAddress> own = new LinkedHashSet<>(addresses(entry, schema.mail()));
        own.addAll(addresses(entry, schema.alternate()));
        own.removeIf(candidates::standsForOthers);
        return own;
    }

    private Set<MailAddress> own(Entry entry) {
        Set<MailAddress> own = ownAddresses(entry);
        if (own.isEmpty()) {
            throw new IllegalArgumentException("has no address in " + schema.mail());
        }
        return own;
    }

    private Account account(Entry entry, AccountStatus status) {
        Set<MailAddress> own = own(entry);
        MailAddress address = own.iterator().next().foldedCase();
        own.removeIf(each -> each.foldedCase().equals(address));
        DeliveryModes modes = DeliveryModes.of(values(entry, schema.deliveryMode()));
        Optional<String> reply =
                modes.reply() ? value(entry, schema.replyText()).filter(text -> !text.isBlank()) : Optional.empty();
        return new Account(
                address,
                own,
                mailbox(entry, address),
                status,
                value(entry, schema.mailHost()).map(EntryReader::host),
                delivery(entry, modes, address, own, reply.isPresent()),
                reply,
                limits(entry),
                Set.copyOf(addresses(entry, schema.delegation())));
    }

    private Optional<AccountStatus> status(Entry entry) {
        Optional<String> written = value(entry, schema.status());
        if (written.isEmpty()) {
            return Optional.of(AccountStatus.ACTIVE);
        }
        if (schema.statusIsBits()) {
            boolean disabled = (number(schema.status(), written.get()) & ACCOUNT_DISABLED) != 0;
            return Optional.of(disabled ? AccountStatus.DISABLED : AccountStatus.ACTIVE);
        }
        return switch (written.get().strip().toLowerCase(Locale.ROOT)) {
            case "active" -> Optional.of(AccountStatus.ACTIVE);
            case "noaccess", "nopop" -> Optional.of(AccountStatus.NO_ACCESS);
            case "disabled" -> Optional.of(AccountStatus.DISABLED);
            case "deleted" -> Optional.empty();
            default -> throw new IllegalArgumentException(schema.status() + " \"" + written.get() + "\" is not known");
        };
    }

    private Delivery delivery(
            Entry entry, DeliveryModes modes, MailAddress address, Set<MailAddress> aliases, boolean replies) {
        List<MailAddress> to = modes.forward() ? forwards(entry) : new ArrayList<>();
        // Somebody who forwards to themselves wants to keep a copy, not a loop.
        boolean toSelf = to.removeIf(each -> each.foldedCase().equals(address) || aliases.contains(each));
        boolean mailbox = toSelf || (modes.mailbox() && (to.isEmpty() || schema.forwardingKeepsCopy()));
        if (mailbox) {
            return to.isEmpty() ? new Delivery.Mailbox() : new Delivery.MailboxAndForward(to);
        }
        if (!to.isEmpty()) {
            return new Delivery.Forward(to);
        }
        if (replies) {
            return new Delivery.ReplyOnly();
        }
        throw new IllegalArgumentException("its mail would go nowhere: " + schema.deliveryMode()
                + " leaves out the mailbox, and there is no " + schema.forwarding());
    }

    private List<MailAddress> forwards(Entry entry) {
        return addressesIn(entry, schema.forwarding());
    }

    /// Each value must be an address; none twice.
    static List<MailAddress> addressesIn(Entry entry, String attribute) {
        List<MailAddress> to = new ArrayList<>();
        for (String value : values(entry, attribute)) {
            try {
                to.add(MailAddress.parse(value.strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(attribute + ": " + e.getMessage(), e);
            }
        }
        return new ArrayList<>(new LinkedHashSet<>(to));
    }

    private String mailbox(Entry entry, MailAddress address) {
        Optional<String> written = value(entry, schema.messageStore());
        if (written.isEmpty()) {
            return Account.defaultMailbox(address);
        }
        String folder = written.get();
        if (folder.startsWith("/")) {
            String root = storeRoot.endsWith("/") ? storeRoot : storeRoot + "/";
            if (storeRoot.isEmpty() || !folder.startsWith(root)) {
                throw new IllegalArgumentException(schema.messageStore() + " " + folder
                        + " does not lie below message-store-root \"" + storeRoot + "\"");
            }
            folder = folder.substring(root.length());
        }
        String relative = folder.replaceFirst("^\\./", "").replaceFirst("/+$", "");
        return storeSuffix.isEmpty() ? relative : relative + "/" + storeSuffix;
    }

    private AccountLimits limits(Entry entry) {
        OptionalLong messages = limit(entry, schema.quotaCount());
        return new AccountLimits(size(entry, schema.quotaSize()), messages, size(entry, schema.sizeMax()));
    }

    private static Optional<ByteSize> size(Entry entry, String attribute) {
        OptionalLong octets = limit(entry, attribute);
        return octets.isEmpty() ? Optional.empty() : Optional.of(new ByteSize(octets.getAsLong()));
    }

    /// 0 means unlimited, as in qmail-ldap.
    private static OptionalLong limit(Entry entry, String attribute) {
        Optional<String> written = value(entry, attribute);
        long number = written.isEmpty() ? 0 : number(attribute, written.get());
        return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }

    private static long number(String attribute, String written) {
        if (!written.strip().matches("\\d{1,18}")) {
            throw new IllegalArgumentException(attribute + " \"" + written + "\" is not a number");
        }
        return Long.parseLong(written.strip());
    }

    private static Domain host(String written) {
        return Domain.parse(written.strip());
    }

    /// Values that are no addresses, such as `x500:` names in `proxyAddresses`, are nobody's address.
    private static List<MailAddress> addresses(Entry entry, String attribute) {
        boolean prefixed = attribute.toLowerCase(Locale.ROOT).equals("proxyaddresses");
        List<MailAddress> addresses = new ArrayList<>();
        for (String value : values(entry, attribute)) {
            boolean smtp = value.regionMatches(true, 0, SMTP_PREFIX, 0, SMTP_PREFIX.length());
            if (prefixed && !smtp) {
                continue;
            }
            try {
                addresses.add(MailAddress.parse((smtp ? value.substring(SMTP_PREFIX.length()) : value).strip()));
            } catch (IllegalArgumentException e) {
                LOG.debug("{}: {} is no address", entry.getDN(), attribute, e);
            }
        }
        return addresses;
    }

    private static Optional<String> value(Entry entry, String attribute) {
        List<String> values = values(entry, attribute);
        if (values.size() > 1) {
            throw new IllegalArgumentException(attribute + " has more than one value");
        }
        return values.stream().findFirst();
    }

    static List<String> values(Entry entry, String attribute) {
        if (attribute.isEmpty()) {
            return List.of();
        }
        String[] values = entry.getAttributeValues(attribute);
        return values == null ? List.of() : Arrays.asList(values);
    }
}
