"""The page where the ekonomikontor files what came by mail or on paper."""
