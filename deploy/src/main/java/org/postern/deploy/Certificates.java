// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.postern.delivery.net.MutualTls;
import org.postern.deploy.management.Operation;
import org.postern.smtpfront.SmtpFront;
import org.postern.smtpfront.tls.TlsReload;

/// What the `postern certificates` commands ask of running fronts.
final class Certificates {
    private Certificates() {}

    static Operation reload(Map<String, SmtpFront> fronts) {
        return new Operation("certificates reload", (_, answer) -> {
            // Those of the handoff are read with its next connection, which says so in the log.
            MutualTls.lookNow();
            boolean kept = false;
            for (Map.Entry<String, SmtpFront> front : fronts.entrySet()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("farm", front.getKey());
                switch (front.getValue().reloadCertificates()) {
                    case TlsReload.Loaded(int certificates, var expires) -> {
                        row.put("result", "loaded");
                        row.put("detail", certificates + " certificates, the first ends " + expires);
                    }
                    case TlsReload.Kept(String problem) -> {
                        row.put("result", "kept");
                        row.put("detail", problem);
                        kept = true;
                    }
                }
                answer.row(row);
            }
            if (kept) {
                throw new IllegalStateException("certificates stay as they were where the files cannot be used");
            }
        });
    }
}
