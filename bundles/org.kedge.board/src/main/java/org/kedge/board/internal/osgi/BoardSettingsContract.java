package org.kedge.board.internal.osgi;

import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of the board, before any are made. */
@Component(service = SettingsContract.class)
public final class BoardSettingsContract extends SettingsContract {
  public BoardSettingsContract() {
    super(SettingsSchema.of(BoardSettings.class, BoardComponent.PID), BoardSettings::read);
  }
}
