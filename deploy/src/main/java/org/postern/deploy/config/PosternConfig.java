// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.postern.core.config.ConfigSection;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.dns.DnsConfig;
import org.postern.core.mail.Domain;
import org.postern.core.sending.SendingConfig;
import org.postern.delivery.StoreConfig;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.smtpfront.TlsConfig;

/// Everything that can be set. Every node of a farm has the same file, but for `node` and `hostname`, which are taken
/// from the machine where they are not written.
@Doc("The configuration file, postern.yaml.")
public record PosternConfig(
        @Doc("The name of this node in ids and records: 1 to 63 of a-z, 0-9 and -. The first part of the machine's name"
                + " where it is not set.")
        Optional<String> node,

        @Doc("What this node calls itself in SMTP, a full domain name. The machine's name where it is not set.")
        Optional<Domain> hostname,

        @Doc("The only folder a front writes to: large mails on their way through, as files without a name. It need"
                + " not survive a restart; where it is mounted noexec, plain Java sockets are used.")
        @Default("tmp")
        Path tempFolder,

        @Doc("Certificate and key of every farm without its own.")
        TlsConfig tls,

        @Doc("Where accounts and domains are known.") DirectoryConfig directory,

        @Doc("How filters ask DNS.") DnsConfig dns,

        @Doc("The filters by name, and what each needs. A filter that a farm names and that needs no settings may be"
                + " left out here.")
        @Default("{}")
        Map<String, ConfigSection> engines,

        @Doc("The folder of plugins: every *.jar in it must hold a filter. Whoever can write to it can do all that"
                + " Postern can. A folder that is not there holds none.")
        @Default("plugins")
        Path plugins,

        @Doc("The farms by name: where mail comes in, and by which weights it is judged.") @Default("{}")
        Map<String, FarmConfig> farms,

        @Doc("The store, for the roles store and all-in-one.")
        Optional<StoreConfig> store,

        @Doc("Where the role front hands mail over; all-in-one does it in the same process.")
        Optional<HandoffClientConfig> handoff,

        @Doc("What an account that has logged in may send.") SendingConfig sending,

        @Doc("How a running server is watched and steered.") ManagementConfig management,

        @Doc("What is written to the log.") LoggingConfig logging) {
    private static final String NODE = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

    public PosternConfig {
        if (node.isPresent() && !node.get().matches(NODE)) {
            throw new IllegalArgumentException("node has 1 to 63 of a-z, 0-9 and -, not \"" + node.get() + "\"");
        }
        for (String farm : farms.keySet()) {
            if (!farm.matches(NODE)) {
                throw new IllegalArgumentException("the name of a farm has 1 to 63 of a-z, 0-9 and -: " + farm);
            }
        }
    }

    /// The node's name, written or from the machine.
    public String nodeName() {
        return node.orElseGet(() -> {
            String first =
                    machineName().split("\\.", 2)[0].toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
            return first.matches(NODE) ? first : "postern";
        });
    }

    /// Where the control sockets of this configuration's servers are.
    public Path controlFolder() {
        return management.controlFolder().orElseGet(() -> tempFolder.resolve("control"));
    }

    /// What the node calls itself in SMTP, written or from the machine.
    public Domain hostName() {
        return hostname.orElseGet(() -> {
            try {
                return Domain.parse(machineName());
            } catch (IllegalArgumentException e) {
                return new Domain("localhost");
            }
        });
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
