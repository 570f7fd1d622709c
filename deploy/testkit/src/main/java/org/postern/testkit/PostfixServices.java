// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.net.InetSocketAddress;

/// The `master.cf` of the kit's Postfix: nothing in a chroot, and only what intake and local delivery need.
final class PostfixServices {
    private static final String INTERNAL = """
            pickup    unix  n - n 60    1 pickup
            cleanup   unix  n - n -     0 cleanup
            qmgr      unix  n - n 300   1 qmgr
            rewrite   unix  - - n -     - trivial-rewrite
            bounce    unix  - - n -     0 bounce
            defer     unix  - - n -     0 bounce
            trace     unix  - - n -     0 bounce
            verify    unix  - - n -     1 verify
            flush     unix  n - n 1000? 0 flush
            proxymap  unix  - - n -     - proxymap
            showq     unix  n - n -     - showq
            error     unix  - - n -     - error
            retry     unix  - - n -     - error
            discard   unix  - - n -     - discard
            virtual   unix  - n n -     - virtual
            smtp      unix  - - n -     - smtp
            tlsmgr    unix  - - n 1000? 1 tlsmgr
            anvil     unix  - - n -     1 anvil
            postlog   unix-dgram n - n - 1 postlogd
            """;

    private PostfixServices() {}

    static String text(InetSocketAddress smtp, InetSocketAddress qmqp) {
        return line(smtp, "smtpd") + line(qmqp, "qmqpd") + INTERNAL;
    }

    private static String line(InetSocketAddress address, String service) {
        return address.getAddress().getHostAddress() + ":" + address.getPort() + " inet n - n - - " + service + "\n";
    }
}
