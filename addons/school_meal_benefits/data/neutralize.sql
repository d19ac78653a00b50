-- a copy of a database sends nothing to the state register
UPDATE egisso_channel SET mode = 'file', secret = NULL, wsdl_url = NULL;
